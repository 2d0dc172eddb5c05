package guard

import "time"

// Clock is the clock by which requests wait. The shell hands in the system's clock, a test its own.
type Clock struct {
	Now       func() time.Time
	Sleep     func(time.Duration)
	AfterFunc func(time.Duration, func()) *time.Timer
}
