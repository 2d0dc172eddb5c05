//go:build !js

package driver

import "github.com/google/uuid"

// newID makes a UUID, version 7, greater than all made before by this program.
func newID() (string, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return "", err
	}
	return id.String(), nil
}
