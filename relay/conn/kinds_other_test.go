//go:build !linux

package conn_test

var kinds = map[string]kind{"portable": portable}
