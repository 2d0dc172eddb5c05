package driver_test

import (
	"testing"

	"hallway/component/driver"
	"hallway/component/driver/storagetest"
)

func TestMemoryStorage(t *testing.T) {
	storagetest.Run(t, func(*testing.T) func() driver.Storage {
		s := &driver.MemoryStorage{}
		return func() driver.Storage { return s }
	})
}

func TestMemoryStorageKeepsFiles(t *testing.T) {
	storagetest.RunFiles(t, func(*testing.T) func() driver.Storage {
		s := &driver.MemoryStorage{}
		return func() driver.Storage { return s }
	})
}
