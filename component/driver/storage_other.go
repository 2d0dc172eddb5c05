//go:build !js

package driver

func defaultStorage() Storage { return &MemoryStorage{} }
