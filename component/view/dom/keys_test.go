package dom

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
		got, ok := ListTarget(tc.key, tc.at, tc.n, 3)
		if got != tc.want || ok != tc.isKeyOfTheLog {
			t.Errorf("%s at %d of %d: %d, %v; want %d, %v", tc.key, tc.at, tc.n, got, ok, tc.want, tc.isKeyOfTheLog)
		}
	}
}

func TestLinesTarget(t *testing.T) {
	widths := []int{7, 1, 1, 3}
	for _, tc := range []struct {
		key  string
		from Cell
		rtl  bool
		want Cell
		ok   bool
	}{
		{"ArrowDown", Cell{0, 4}, false, Cell{1, 0}, true},
		{"ArrowDown", Cell{3, 2}, false, Cell{0, 2}, true},
		{"ArrowUp", Cell{0, 6}, false, Cell{3, 2}, true},
		{"ArrowRight", Cell{0, 6}, false, Cell{0, 6}, true},
		{"ArrowRight", Cell{0, 3}, true, Cell{0, 2}, true},
		{"ArrowLeft", Cell{0, 0}, false, Cell{0, 0}, true},
		{"ArrowLeft", Cell{0, 0}, true, Cell{0, 1}, true},
		{"Home", Cell{3, 1}, false, Cell{0, 0}, true},
		{"End", Cell{0, 1}, false, Cell{3, 2}, true},
		{"a", Cell{2, 0}, false, Cell{2, 0}, false},
	} {
		if got, ok := GridTarget(tc.key, tc.from, widths, tc.rtl); got != tc.want || ok != tc.ok {
			t.Errorf("%s from %v (rtl %v) leads to %v, %v; want %v, %v", tc.key, tc.from, tc.rtl, got, ok, tc.want, tc.ok)
		}
	}
	if _, ok := GridTarget("Home", Cell{}, nil, false); ok {
		t.Error("a key moves to a cell of an empty grid")
	}
}
