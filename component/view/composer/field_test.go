package composer

import "testing"

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
