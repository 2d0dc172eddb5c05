package main

import "testing"

func TestConnectionsFitTheOpenFiles(t *testing.T) {
	for _, test := range []struct {
		conns int
		files uint64
		want  int
	}{
		{20_000, 1 << 20, 20_000},
		{20_000, 20_000, 20_000 - filesBeside},
		{0, 20_000, 20_000 - filesBeside},
		{0, 1 << 62, 1<<31 - 1 - filesBeside},
		{100, 64, 1}, // there is little that such a relay can do, but 0 would be no limit
	} {
		if got := fitFiles(test.conns, test.files); got != test.want {
			t.Errorf("%d connections, %d files: %d, want %d", test.conns, test.files, got, test.want)
		}
	}
}
