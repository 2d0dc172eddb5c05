package view

import "testing"

func TestKeyTarget(t *testing.T) {
	for _, tc := range []struct {
		key           string
		at, n, want   int
		isKeyOfTheLog bool
	}{
		{"ArrowUp", 5, 10, 4, true},
		{"ArrowUp", 0, 10, 0, true},
		{"ArrowDown", 5, 10, 6, true},
		{"ArrowDown", 9, 10, 9, true},
		{"PageUp", 5, 10, 2, true},
		{"PageUp", 1, 10, 0, true},
		{"PageDown", 5, 10, 8, true},
		{"PageDown", 8, 10, 9, true},
		{"Home", 5, 10, 0, true},
		{"End", 5, 10, 9, true},
		{"a", 5, 10, 5, false},
		{"Enter", 5, 10, 5, false},
	} {
		got, ok := keyTarget(tc.key, tc.at, tc.n, 3)
		if got != tc.want || ok != tc.isKeyOfTheLog {
			t.Errorf("%s at %d of %d: %d, %v; want %d, %v", tc.key, tc.at, tc.n, got, ok, tc.want, tc.isKeyOfTheLog)
		}
	}
}

func TestBytesBetween(t *testing.T) {
	const text = "aé👋b" // 1+2+4+1 bytes, 1+1+2+1 places
	for _, tc := range []struct{ from, to, want int }{
		{0, 0, 0}, {0, 5, 8}, {1, 2, 2}, {2, 4, 4}, {4, 5, 1}, {0, 2, 3}, {5, 5, 0},
	} {
		if got := bytesBetween(text, tc.from, tc.to); got != tc.want {
			t.Errorf("bytesBetween(%d, %d) = %d, want %d", tc.from, tc.to, got, tc.want)
		}
	}
}
