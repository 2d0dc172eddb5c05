package storagetest

import (
	"errors"
	"testing"

	"hallway/component/client"
	"hallway/component/driver"
	"hallway/protocol"
)

// RunFiles tests how a storage stores files; see [Run].
func RunFiles(t *testing.T, place func(t *testing.T) (open func() driver.Storage)) {
	open := place(t)
	storage := func(t *testing.T) driver.FileStorage {
		s, ok := opened(t, open).(driver.FileStorage)
		if !ok {
			t.Fatal("the storage is not a FileStorage")
		}
		return s
	}
	item := client.Item{ID: "a", Text: "one", Order: 1, Files: []client.Attachment{
		{ID: "f", Name: "a \"b\".png", Type: "image/png", Size: 3, Width: 2, Height: 1, Alt: "a cat", State: client.UploadWaiting},
		{ID: "g", Name: "c.pdf", Size: 5, State: client.UploadFailed, Code: "forbidden", Reason: "no", Why: "quota"},
	}}
	sealed := client.Item{ID: "c", Order: 3, Sealed: &protocol.Encrypted{Alg: "A256GCM", Kid: "1.a", IV: "i", CT: "c"}, Own: &protocol.Encrypted{Alg: "A256GCM", Kid: "0", IV: "j", CT: "d"}, Files: []client.Attachment{
		{ID: "h", Size: 6, State: client.UploadWaiting},
	}}
	other := client.Item{ID: "b", Text: "two", Order: 2, Files: []client.Attachment{{ID: "f", Name: "d", Size: 1, State: client.UploadReady}}}
	s := storage(t)
	for item, bytes := range map[*client.Item]map[string]driver.Blob{&item: {"f": blob("one"), "g": blob("three")}, &other: {"f": blob("4")}, &sealed: {"h": blob("ofhers")}} {
		if err := s.SaveFiles(t.Context(), key, *item, bytes); err != nil {
			t.Fatal(err)
		}
	}
	item.Files[0].State = client.UploadReady
	save(t, s, key, item) // without bytes: the stored bytes stay

	again := storage(t)
	expect(t, again, key, item, other, sealed)
	wantFile(t, again, "a", "f", "one")
	wantFile(t, again, "a", "g", "three")
	wantFile(t, again, "b", "f", "4")
	remove(t, again, key, "a")
	expect(t, again, key, other, sealed)
	wantFile(t, again, "c", "h", "ofhers")
	wantFile(t, again, "a", "f", "")
	wantFile(t, again, "a", "g", "")
	wantFile(t, again, "b", "f", "4")
	wantFile(t, again, "b", "g", "")
}

// wantFile checks the bytes of a file; "": the storage must not have them.
func wantFile(t *testing.T, s driver.FileStorage, item, file, want string) {
	t.Helper()
	bytes, err := s.LoadFile(t.Context(), key, item, file)
	switch {
	case want == "":
		if !errors.Is(err, driver.ErrNoFile) {
			t.Errorf("file %s of %s: got %v", file, item, err)
		}
	case err != nil:
		t.Errorf("file %s of %s: %v", file, item, err)
	case read(bytes) != want:
		t.Errorf("file %s of %s: got %q, want %q", file, item, read(bytes), want)
	}
}
