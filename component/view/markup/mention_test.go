package markup

import (
	"reflect"
	"testing"
)

func TestParseMarked(t *testing.T) {
	mention := func(text string, mine bool) Span { return Span{Kind: Mention, Text: text, Mine: mine} }
	for _, c := range []struct {
		text  string
		marks []Mark
		want  []Span
	}{
		{"hi @Ada", nil, []Span{{Text: "hi @Ada"}}},
		{"hi @Ada!", []Mark{{3, 4, true}}, []Span{{Text: "hi "}, mention("@Ada", true), {Text: "!"}}},
		{"@A*d*a_b_ x", []Mark{{0, 9, false}}, []Span{mention("@A*d*a_b_", false), {Text: " x"}}},
		{"*hi @Zoë* 👍@Bo", []Mark{{4, 5, false}, {15, 3, true}}, []Span{
			{Kind: Bold, In: []Span{{Text: "hi "}, mention("@Zoë", false)}}, {Text: " 👍"}, mention("@Bo", true),
		}},
		{"`x @Ada`", []Mark{{3, 4, true}}, []Span{{Kind: Code, Text: "x @Ada"}}},
		{"@Ada@Bo", []Mark{{0, 4, false}, {4, 3, false}}, []Span{mention("@Ada", false), mention("@Bo", false)}},
		{"@Ada", []Mark{{2, 9, false}}, []Span{{Text: "@Ada"}}},
		{"\U000f0001 @Ada", []Mark{{5, 4, false}}, []Span{{Text: "\U000f0001 @Ada"}}},
		{"مرحبا @آدا", []Mark{{11, 7, true}}, []Span{{Text: "مرحبا "}, mention("@آدا", true)}},
	} {
		if got := ParseMarked(c.text, c.marks); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%q:\n got %+v\nwant %+v", c.text, got, c.want)
		}
	}
}
