package protocol

import (
	"errors"
	"time"
)

// Time is an instant of the relay's clock in microseconds since the Unix epoch
// (UTC); 0 is no time. On the wire it is RFC 3339 with six digits of second.
type Time int64

// timeBytesMax bounds a time on the wire: date, time, nine digits, offset.
const timeBytesMax = 35

// TimeOf is t to the microsecond, rounded down.
func TimeOf(t time.Time) Time { return Time(t.UnixMicro()) }

// Time is t in UTC.
func (t Time) Time() time.Time { return time.UnixMicro(int64(t)).UTC() }

// String returns t as on the wire.
func (t Time) String() string { return string(t.append(nil)) }

// append appends t as on the wire. It is made of the layout RFC 3339, which is all that the browser build has of package time.
func (t Time) append(dst []byte) []byte {
	at := t.Time()
	dst = at.AppendFormat(dst, time.RFC3339)
	micros := at.Nanosecond() / 1_000
	dst[len(dst)-1] = '.' // in place of Z
	for unit := 100_000; unit > 0; unit /= 10 {
		dst = append(dst, byte('0'+micros/unit%10))
	}
	return append(dst, 'Z')
}

var errTime = errors.New("must be a time by RFC 3339")

// parseTime takes any RFC 3339 time.
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
