package driver

import (
	"reflect"
	"testing"

	"hallway/component/client"
)

func TestNotesComeBack(t *testing.T) {
	for _, note := range []client.Note{
		{Kind: client.NoteAsk},
		{Kind: client.NoteHand, Item: client.Item{ID: "a", Text: "ä\n", SentAt: "2026-11-23T09:00:00.000Z", Order: 7}},
		{Kind: client.NoteState, Item: client.Item{ID: "a", Code: "conflict", Reason: "because"}, State: client.ItemFailed},
		{Kind: client.NoteState, Item: client.Item{ID: "a"}, State: client.ItemSent, Epoch: "e1", Seq: 7},
		{Kind: client.NoteList, IDs: []string{"a", "b"}},
	} {
		data, err := encodeNote(note)
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := decodeNote(data); !ok || !reflect.DeepEqual(got, note) {
			t.Errorf("got %+v, %v; want %+v", got, ok, note)
		}
	}
	for _, data := range []string{``, `{}`, `{"v":2,"kind":"ask","item":{"v":1}}`, `{"v":1,"kind":"ask","item":{"v":2}}`} {
		if n, ok := decodeNote([]byte(data)); ok {
			t.Errorf("%s: read as %+v", data, n)
		}
	}
}

// A field that the core adds must be sent, too: whoever adds one counts here.
func TestNotesAreSentWhole(t *testing.T) {
	for typ, fields := range map[reflect.Type]int{reflect.TypeFor[client.Note](): 6, reflect.TypeFor[client.Item](): 8} {
		if n := typ.NumField(); n != fields {
			t.Errorf("%v has %d fields, its encoding knows %d", typ, n, fields)
		}
	}
}
