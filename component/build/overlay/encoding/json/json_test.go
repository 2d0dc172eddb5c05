package json_test

import (
	std "encoding/json"
	"testing"

	"pgregory.net/rapid"

	"hallway/component/build/overlay/encoding/json"
)

type inner struct {
	ID   string `json:"id"`
	Note string `json:"note,omitempty"`
}

type outer struct {
	Version int               `json:"v"`
	Order   int64             `json:"order"`
	Text    string            `json:"text"`
	Empty   string            `json:"empty,omitempty"`
	On      bool              `json:"on,omitempty"`
	Inner   inner             `json:"inner"`
	Plain   int8              //
	Left    string            `json:"-"`
	Names   map[string]string `json:"names,omitempty"`
	Number  int               `json:"number,omitempty"`
	List    []int             `json:"list,omitempty"` // always empty, because lists cannot be written
	Any     any               `json:"any,omitempty"`
	hidden  string
}

func values() *rapid.Generator[outer] {
	return rapid.Custom(func(t *rapid.T) outer {
		text := rapid.StringOf(rapid.SampledFrom([]rune("aZ09 äß€😀\n\t\r\b\f\x00\x1f\u2028\u2029\"'\\/{}[]:,\ufffd\u007f")))
		return outer{
			Version: rapid.Int().Draw(t, "v"), Order: rapid.Int64().Draw(t, "order"), Text: text.Draw(t, "text"),
			On: rapid.Bool().Draw(t, "on"), Inner: inner{text.Draw(t, "id"), text.Draw(t, "note")},
			Plain: rapid.Int8().Draw(t, "plain"), Left: "left", hidden: "hidden",
			Names:  rapid.SampledFrom([]map[string]string{nil, {}, {"b": "x", "a": "y"}}).Draw(t, "names"),
			Number: rapid.IntRange(0, 1).Draw(t, "number"), List: rapid.SampledFrom([][]int{nil, {}}).Draw(t, "list"),
			Any: rapid.SampledFrom([]any{nil, "", 0}).Draw(t, "any"),
		}
	})
}

func TestWritesWhatTheRealOneDoes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := values().Draw(t, "value")
		written, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		theirs, err := std.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		if string(written) != string(theirs) {
			t.Fatalf("wrote\n%s, the real one\n%s", written, theirs)
		}
	})
}

func TestRefusesWhatItDoesNotKnow(t *testing.T) {
	for _, v := range []any{1.5, []byte("x"), []string{"x"}, map[int]string{1: "a"}, make(chan int), struct{ F float64 }{}} {
		if written, err := json.Marshal(v); err == nil {
			t.Errorf("wrote %T as %s", v, written)
		}
	}
	var s string
	if err := json.Unmarshal([]byte(`"x"`), &s); err == nil {
		t.Errorf("read %q", s)
	}
}

// TestWritesWhatInterfacesHold checks values like go-app's errors, which it encodes as JSON.
func TestWritesWhatInterfacesHold(t *testing.T) {
	type wrap struct {
		Tags map[string]any `json:"tags"`
		Wrap any            `json:"wrap,omitempty"`
	}
	v := wrap{Tags: map[string]any{"b": "x", "a": 1, "c": nil}, Wrap: &inner{ID: "i"}}
	got, err := json.Marshal(v)
	if want := `{"tags":{"a":1,"b":"x","c":null},"wrap":{"id":"i"}}`; err != nil || string(got) != want {
		t.Errorf("%s, %v", got, err)
	}
}
