package media

import (
	"testing"

	"hallway/component/client"
	"hallway/protocol"
)

func TestSizeOfAPicture(t *testing.T) {
	for _, tc := range []struct {
		name          string
		width, height int64
		photos        int
		want          photoSize
	}{
		{"wide", 1600, 1000, 1, photoSize{width: 320, ratio: 1.6}},
		{"tall", 500, 1000, 1, photoSize{width: 160, ratio: 0.5}},
		{"smaller than its place", 16, 16, 1, photoSize{width: 64, ratio: 1, small: true}},
		{"small", 200, 100, 1, photoSize{width: 200, ratio: 2}},
		{"a panorama keeps a height", 10000, 100, 1, photoSize{width: 320, ratio: 4}},
		{"a column keeps a width", 100, 10000, 1, photoSize{width: 100, ratio: 0.4}},
		{"one of three is a square", 1600, 1000, 3, photoSize{ratio: 1}},
	} {
		if got := sizeOf(&client.Attachment{Width: tc.width, Height: tc.height}, tc.photos); got != tc.want {
			t.Errorf("%s: %+v, want %+v", tc.name, got, tc.want)
		}
	}
}

func TestKindOfAFile(t *testing.T) {
	for _, tc := range []struct{ name, typ, want string }{
		{"plan.pdf", "application/pdf", "PDF"},
		{"archive.tar.gz", "application/octet-stream", "GZ"},
		{"no end", "application/pdf", "PDF"},
		{"photo.jpeg", "image/jpeg", "JPEG"},
		{"a.verylong", "application/octet-stream", "…"},
		{"a.\u202efdp", "text/plain", "…"},
		{"README", "text/plain", "…"},
	} {
		if got := kindOf(&client.Attachment{Name: tc.name, Type: tc.typ}); got != tc.want {
			t.Errorf("%s, %s: %q, want %q", tc.name, tc.typ, got, tc.want)
		}
	}
}

func TestPicturesOfTheRoom(t *testing.T) {
	if IsPicture(&client.Attachment{Type: "image/png"}) || IsPicture(&client.Attachment{Type: "video/mp4", Width: 1, Height: 1}) {
		t.Error("a file without a known size, or of another type, counts as a picture")
	}
	l := &Lightbox{snap: client.Snapshot{Messages: []*protocol.Message{{ID: "m2", Files: []protocol.File{
		{ID: "f3", Name: "a\u202eb.png", Type: "image/png", Size: 5, Width: 1, Height: 1}, {ID: "f4", Type: "application/pdf"},
	}}}}}
	want := `[{"id":"f3","name":"ab.png","type":"image/png","size":5,"width":1,"height":1}]`
	if got := l.pictures(); got != want {
		t.Errorf("the pictures are %s, want %s", got, want)
	}
}
