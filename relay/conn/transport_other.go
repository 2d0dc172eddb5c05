//go:build !linux

package conn

func newTransport(frameBytesMax int64) Transport { return NewPortable(frameBytesMax) }
