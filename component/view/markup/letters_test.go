package markup

import "testing"

func TestLettersIn(t *testing.T) {
	for _, tc := range []struct {
		letters []int
		bytes   int
		want    int
	}{
		{nil, 50, 50},
		{[]int{1, 1, 1}, 50, 50},
		{[]int{3, 3}, 92, 30},     // Chinese
		{[]int{4, 4, 4}, 192, 48}, // emoji
		{[]int{25, 25}, 100, 4},   // families
		{[]int{1, 3, 1, 3}, 8, 4}, // a mixture
		{[]int{3, 3}, 2, 0},       // nothing more fits
		{[]int{3, 3}, 0, 0},
		{[]int{1, 1, 1}, -1, -1},
		{[]int{4, 4, 4}, -1, -1},
		{[]int{4, 4, 4}, -5, -2},
		{[]int{1, 25}, -2, -1},
	} {
		if got := lettersIn(tc.letters, tc.bytes); got != tc.want {
			t.Errorf("lettersIn(%v, %d) = %d, want %d", tc.letters, tc.bytes, got, tc.want)
		}
	}
}
