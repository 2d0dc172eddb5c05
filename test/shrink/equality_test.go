package main

import (
	"fmt"
	"math"
	"testing"
)

type pair struct {
	Name string
	_    int
	At   float64
	Any  any
}

type nested struct {
	Small byte
	Pairs [2]pair
	Point *int
	Err   error
}

// TestEquality checks comparisons of values that the compiler compares by the description of their type.
func TestEquality(t *testing.T) {
	n, other := 1, 1
	base := nested{7, [2]pair{{"a", 0, 1, "x"}, {"b", 0, -0.5, [2]string{"p", "q"}}}, &n, fmt.Errorf("e")}
	changed := func(change func(v *nested)) nested {
		v := base
		change(&v)
		return v
	}
	for name, c := range map[string]struct {
		a, b any
		same bool
	}{
		"the same":          {base, changed(func(*nested) {}), true},
		"the first field":   {base, changed(func(v *nested) { v.Small++ }), false},
		"the last field":    {base, changed(func(v *nested) { v.Err = fmt.Errorf("e") }), false},
		"a pointer":         {base, changed(func(v *nested) { v.Point = &other }), false},
		"a string":          {base, changed(func(v *nested) { v.Pairs[1].Name = "c" }), false},
		"a type":            {base, changed(func(v *nested) { v.Pairs[0].Any = 1 }), false},
		"an array":          {base, changed(func(v *nested) { v.Pairs[1].Any = [2]string{"p", "r"} }), false},
		"zero and its sign": {pair{At: 0}, pair{At: math.Copysign(0, -1)}, true},
		"not a number":      {pair{At: math.NaN()}, pair{At: math.NaN()}, false},
		"arrays":            {[3]string{"a", "b", "c"}, [3]string{"a", "b", "c"}, true},
		"other arrays":      {[3]string{"a", "b", "c"}, [3]string{"a", "b", "d"}, false},
		"no elements":       {[0]string{}, [0]string{}, true},
	} {
		if got := c.a == c.b; got != c.same {
			t.Errorf("%s: equal: %t", name, got)
		}
		if _, found := map[any]bool{c.a: true}[c.b]; found != c.same {
			t.Errorf("%s: found in a map: %t", name, found)
		}
	}
	if byPair := map[pair]int{{"a", 0, 1, 2}: 1, {"a", 0, 1, 3}: 2}; byPair[pair{"a", 5, 1, 3}] != 2 {
		t.Errorf("a map by structs: %v", byPair)
	}
	defer func() {
		if recover() == nil {
			t.Error("slices are compared")
		}
	}()
	a, b := any(pair{Any: []int{1}}), any(pair{Any: []int{1}})
	t.Error("slices are equal or not:", a == b)
}
