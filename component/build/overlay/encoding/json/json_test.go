package json_test

import (
	std "encoding/json"
	"reflect"
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
	IDs     []string          `json:"ids,omitempty"`
	Inner   inner             `json:"inner"`
	Inners  []inner           `json:"inners"`
	Plain   int8              //
	Left    string            `json:"-"`
	Raw     json.RawMessage   `json:"raw,omitempty"`
	Names   map[string]string `json:"names,omitempty"`
	hidden  string
}

func values() *rapid.Generator[outer] {
	return rapid.Custom(func(t *rapid.T) outer {
		text := rapid.StringOf(rapid.SampledFrom([]rune("aZ09 äß€😀\n\t\r\b\f\x00\x1f\u2028\u2029\"'\\/{}[]:,\ufffd\u007f")))
		one := rapid.Custom(func(t *rapid.T) inner { return inner{text.Draw(t, "id"), text.Draw(t, "note")} })
		return outer{
			Version: rapid.Int().Draw(t, "v"), Order: rapid.Int64().Draw(t, "order"), Text: text.Draw(t, "text"),
			On: rapid.Bool().Draw(t, "on"), IDs: rapid.SliceOf(text).Draw(t, "ids"), Inner: one.Draw(t, "inner"),
			Inners: rapid.SliceOf(one).Draw(t, "inners"), Plain: rapid.Int8().Draw(t, "plain"), Left: "left",
			Raw: rapid.SampledFrom([]json.RawMessage{nil, []byte(`{"a":[1,null]}`)}).Draw(t, "raw"), hidden: "hidden",
		}
	})
}

// Each reads the other's output, to the same values.
func TestAgreesWithTheRealOne(t *testing.T) {
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
		var got, wanted outer
		if err := json.Unmarshal(theirs, &got); err != nil {
			t.Fatal(err)
		}
		if err := std.Unmarshal(theirs, &wanted); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, wanted) {
			t.Fatalf("read\n%+v, the real one\n%+v", got, wanted)
		}
	})
}

// It accepts JSON and nothing else.
func FuzzUnmarshal(f *testing.F) {
	for _, seed := range []string{
		`{}`, `[]`, `null`, ` {"v":1 , "ids":["a","b"],"x":{"y":[1.5e-3,true,false,null]}} `, `{"v":01}`, `{"v":1.5}`, `{"v":"1"}`,
		`{"text":"\ud83d\ude00\ud83d\u0041\ude00\n\/"}`, `{"text":"\x"}`, "{\"text\":\"\x01\"}", "{\"text\":\"\xff\"}", `{"a":1,}`,
		`{"v":1}x`, `{"v"`, `"`, `"\u12`, `-`, `1.`, `1e`, `tru`, `{"inner":null,"ids":null,"raw":null}`, `{"plain":300}`, ``,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var got outer
		if err := json.Unmarshal(data, &got); err == nil && !std.Valid(data) {
			t.Fatalf("took %q", data)
		}
		var raw json.RawMessage
		if err := json.Unmarshal(data, &raw); (err == nil) != std.Valid(data) {
			t.Fatalf("%q: %v", data, err)
		}
	})
}

func TestRefusesWhatItDoesNotKnow(t *testing.T) {
	for _, v := range []any{1.5, []byte("x"), map[int]string{1: "a"}, make(chan int), struct{ F float64 }{}} {
		if written, err := json.Marshal(v); err == nil {
			t.Errorf("wrote %T as %s", v, written)
		}
	}
	var f float64
	var s string
	for _, target := range []any{&f, s, nil, (*string)(nil), new(any)} {
		if err := json.Unmarshal([]byte(`1`), target); err == nil {
			t.Errorf("read into %T", target)
		}
	}
}

// The errors of go-app, which it writes as JSON.
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
