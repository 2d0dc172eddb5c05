package driver

import "time"

var ids uuid7

// newID returns a UUID, version 7, greater than all that this program made before.
func newID() (string, error) {
	var random [8]byte
	if err := readRandom(random[:]); err != nil {
		return "", err
	}
	return ids.next(time.Now().UnixMilli(), random), nil
}
