package driver

import (
	"reflect"
	"testing"

	"hallway/component/client"
	"hallway/protocol"
)

func TestNotesComeBack(t *testing.T) {
	for _, note := range []client.Note{
		{Kind: client.NoteAsk},
		{Kind: client.NoteHand, Item: client.Item{ID: "a", Text: "ä\n", SentAt: "2026-11-23T09:00:00.000Z", Order: 7}},
		{Kind: client.NoteHand, Item: client.Item{ID: "a", Text: "@Ada @all", Mentions: []protocol.Mention{{Len: 4, User: "u_1"}, {At: 5, Len: 4, All: true}}}},
		{Kind: client.NoteHand, Item: client.Item{ID: "a", Text: "x", Sealed: &protocol.Encrypted{Alg: "A256GCM", Kid: "1.a", IV: "i", CT: "c"}}},
		{Kind: client.NoteHand, Item: client.Item{
			ID: "a", Sealed: &protocol.Encrypted{Alg: "A256GCM", Kid: "1.a", IV: "i", CT: "c"}, Own: &protocol.Encrypted{Alg: "A256GCM", Kid: "0", IV: "j", CT: "d"},
		}},
		{Kind: client.NoteHand, Uploads: true, Item: client.Item{ID: "a", Files: []client.Attachment{
			{ID: "f", Name: "a.png", Type: "image/png", Size: 1 << 40, Width: 3, Height: 2, Alt: "ä", State: client.UploadFailed, Code: "forbidden", Reason: "no", Why: "quota"},
		}}},
		{Kind: client.NoteHand, Item: client.Item{ID: "a", Sealed: &protocol.Encrypted{Alg: "A256GCM", Kid: "1.a", IV: "i", CT: "c"}, Files: []client.Attachment{
			{ID: "f", Name: "a.pdf", Type: "application/pdf", Size: 1, State: client.UploadReady, Key: "k", IV: "i"},
		}}},
		{Kind: client.NoteState, Item: client.Item{ID: "a", Code: "conflict", Reason: "because"}, State: client.ItemFailed},
		{Kind: client.NoteState, Item: client.Item{ID: "a"}, State: client.ItemSent, Epoch: "e1", Seq: 7},
		{Kind: client.NoteList, IDs: []string{"a", "b"}},
	} {
		if got, ok := readNote(parse(stringify(noteRecord(note)))); !ok || !reflect.DeepEqual(got, note) {
			t.Errorf("got %+v, %v; want %+v", got, ok, note)
		}
	}
	for _, data := range []string{
		``, `null`, `7`, `{}`, `{"v":2,"kind":"ask","item":{"v":1}}`, `{"v":1,"kind":"ask","item":{"v":2}}`,
		`{"v":1,"kind":"ask"}`, `{"v":1,"kind":7,"item":{"v":1}}`, `{"v":1,"kind":"ask","item":{"v":1,"text":["x"]}}`,
		`{"v":1,"kind":"ask","item":{"v":1},"ids":"a"}`,
	} {
		if n, ok := readNote(parse(data)); ok {
			t.Errorf("%s: read as %+v", data, n)
		}
	}
}

// TestNotesOfEarlierVersions checks that notes of versions up to 0.2 are readable.
func TestNotesOfEarlierVersions(t *testing.T) {
	const data = `{"v":1,"kind":"hand","item":{"v":1,"id":"a","text":"x","sent_at":"s","order":1764000000000000}}`
	want := client.Note{Kind: client.NoteHand, Item: client.Item{ID: "a", Text: "x", SentAt: "s", Order: 1764000000000000}}
	if got, ok := readNote(parse(data)); !ok || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v", got, ok)
	}
}

// TestNotesAreSentWhole fails when a note gets a new field. Encode the field, and then count it here.
func TestNotesAreSentWhole(t *testing.T) {
	for typ, fields := range map[reflect.Type]int{reflect.TypeFor[client.Note](): 7, reflect.TypeFor[client.Item](): 12, reflect.TypeFor[client.Attachment](): 14} {
		if n := typ.NumField(); n != fields {
			t.Errorf("%v has %d fields, its encoding knows %d", typ, n, fields)
		}
	}
}
