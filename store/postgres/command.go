package postgres

// NotBegunError is an error of a command that has changed nothing and made nothing: it must be asked otherwise.
type NotBegunError struct{ error }

func (e NotBegunError) Unwrap() error { return e.error }

// Progress is told how much of how much is done; nil is not.
type Progress func(done, total int)
