package main

import "testing"

func TestConnectionsFitTheOpenFiles(t *testing.T) {
	for _, test := range []struct {
		conns     int
		files     uint64
		want, all int
	}{
		{20_000, 1 << 20, 20_000, 1<<20 - filesOwn},
		{20_000, 20_000, 20_000 - filesBeside, 20_000 - filesOwn},
		{0, 20_000, 20_000 - filesBeside, 20_000 - filesOwn},
		{0, 1 << 62, 1<<31 - 1 - filesBeside, 1<<31 - 1 - filesOwn},
		{100, 64, 1, 2}, // such a relay can do little, but 0 would mean no limit
	} {
		if got, all := fitFiles(test.conns, test.files); got != test.want || all != test.all {
			t.Errorf("%d connections, %d files: %d of %d, want %d of %d", test.conns, test.files, got, all, test.want, test.all)
		}
	}
}
