package protocol

import (
	"errors"
	"time"
)

// Time is an instant of the relay's clock in microseconds since the Unix epoch (UTC); 0: none. On the wire it is RFC
// 3339 with six digits of second.
type Time int64

// timeBytesMax bounds a time on the wire: date, time, nine digits, offset.
const timeBytesMax = 35

// TimeOf converts t, rounded down to the microsecond.
func TimeOf(t time.Time) Time { return Time(t.UnixMicro()) }

// Time returns t in UTC.
func (t Time) Time() time.Time { return time.UnixMicro(int64(t)).UTC() }

// String returns t as on the wire.
func (t Time) String() string { return string(t.append(nil)) }

// append appends the wire form of t. It uses the layout RFC 3339, the only one of package time in the browser build.
func (t Time) append(dst []byte) []byte {
	at := t.Time()
	dst = at.AppendFormat(dst, time.RFC3339)
	fraction := [...]byte{0: '.', 7: 'Z'}
	for i, micros := 6, at.Nanosecond()/1_000; i > 0; i-- {
		fraction[i] = byte('0' + micros%10)
		micros /= 10
	}
	return append(dst[:len(dst)-1], fraction[:]...) // in place of Z
}

var errTime = errors.New("must be a time by RFC 3339")

// parseTime parses any RFC 3339 time.
func parseTime(s string) (Time, error) {
	if len(s) > timeBytesMax {
		return 0, errTime
	}
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return 0, errTime
	}
	return TimeOf(t), nil
}
