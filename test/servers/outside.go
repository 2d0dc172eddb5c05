package servers

import "fmt"

// Outside lets a program that is not a test use servers: it calls do with a stand-in for a test, and then ends the servers that do has
// started. It returns the error of do or of a server.
func Outside(do func(Test) error) (err error) {
	s := &session{}
	defer func() {
		failure := recover()
		for i := len(s.cleanups) - 1; i >= 0; i-- {
			s.cleanups[i]()
		}
		switch failure.(type) {
		case nil, failed:
		default:
			panic(failure)
		}
		if err == nil {
			err = s.err
		}
	}()
	return do(s)
}

// session stands in for a test.
type session struct {
	cleanups []func()
	err      error // the first
}

// failed unwinds the stack to Outside.
type failed struct{}

// Helper implements [Test].
func (*session) Helper() {}

// Cleanup implements [Test].
func (s *session) Cleanup(end func()) { s.cleanups = append(s.cleanups, end) }

// Error implements [Test].
func (s *session) Error(args ...any) {
	if s.err == nil {
		s.err = fmt.Errorf("%s", fmt.Sprint(args...))
	}
}

// Fatal implements [Test].
func (s *session) Fatal(args ...any) {
	s.Error(args...)
	panic(failed{})
}

// Fatalf implements [Test].
func (s *session) Fatalf(format string, args ...any) { s.Fatal(fmt.Sprintf(format, args...)) }
