package driver

import (
	"encoding/binary"
	"encoding/hex"
	"sync"
	"time"
)

var ids uuid7

// newID returns a UUID, version 7, that is greater than all previous ones of this program.
func newID() (string, error) {
	var random [8]byte
	if err := readRandom(random[:]); err != nil {
		return "", err
	}
	return ids.next(time.Now().UnixMilli(), random), nil
}

// uuid7 makes UUIDs, version 7 (RFC 9562, section 5.7). Each is greater than the
// previous one, because the twelve bits after the time are a counter.
type uuid7 struct {
	mu   sync.Mutex
	last uint64 // milliseconds since 1970 << 12 | count
}

// next returns the UUID for a time in milliseconds since 1970. If more than
// 4,096 are made in one millisecond, or the clock goes back, the time in the
// UUID is ahead of the clock.
func (u *uuid7) next(ms int64, random [8]byte) string {
	u.mu.Lock()
	u.last = max(u.last+1, uint64(ms)<<12)
	last := u.last
	u.mu.Unlock()

	var id [16]byte
	binary.BigEndian.PutUint64(id[:], last>>12<<16|last&0xfff)
	id[6] |= 0x70 // version 7
	copy(id[8:], random[:])
	id[8] = id[8]&0x3f | 0x80 // the variant

	text := make([]byte, 0, 36)
	for i, end := range []int{4, 6, 8, 10, 16} {
		if i > 0 {
			text = append(text, '-')
		}
		text = hex.AppendEncode(text, id[(len(text)-i)/2:end])
	}
	return string(text)
}
