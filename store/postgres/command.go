package postgres

// NotBegunError is the error of a command that has changed and created nothing, because its arguments are wrong.
type NotBegunError struct{ error }

func (e NotBegunError) Unwrap() error { return e.error }

// Progress is called with the finished amount and the total; it may be nil.
type Progress func(done, total int)
