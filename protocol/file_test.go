package protocol

import (
	"errors"
	"strings"
	"testing"
)

// TestFilesOfASend checks which lists of files are accepted, and that a text may then be missing.
func TestFilesOfASend(t *testing.T) {
	const a, b = `"0199a1c4-7f3e-7c21-9f6a-2d1f0a3b4c5a"`, `"0199a1c4-7f3e-7c21-9f6a-2d1f0a3b4c5b"`
	eleven := a
	for i := range 10 {
		eleven += `,"0199a1c4-7f3e-7c21-9f6a-00000000000` + string(rune('0'+i)) + `"`
	}
	long := strings.Repeat("é", 250)
	for _, c := range []struct {
		members string
		want    Code
	}{
		{`"files":[` + a + `]`, ""},
		{`"files":[` + a + `],"text":"hello"`, ""},
		{`"text":"hello","files":[` + a + `,{"id":` + b + `,"alt":"The\r\nway in"}]`, ""},
		{`"files":[{"id":` + a + `,"alt":"` + long + `","more":1}]`, ""},
		{`"files":[{"id":` + a + `,"alt":"` + long + `x"}]`, CodeBadRequest},
		{`"files":[{"id":` + a + `,"alt":""}]`, CodeBadRequest},
		{`"files":[{"id":` + a + `,"alt":" "}]`, CodeBadRequest},
		{`"files":[{"id":` + a + `,"alt":"\u0007"}]`, CodeBadRequest},
		{`"files":[{"id":` + a + `}]`, CodeBadRequest},
		{`"files":[{"alt":"The way in"}]`, CodeBadRequest},
		{`"files":[{"id":7,"alt":"The way in"}]`, CodeBadRequest},
		{`"files":[]`, CodeBadRequest},
		{`"files":[],"text":"hello"`, CodeBadRequest},
		{`"files":null`, CodeBadRequest},
		{`"files":null,"text":"hello"`, ""},
		{`"files":[null]`, CodeBadRequest},
		{`"files":[7]`, CodeBadRequest},
		{`"files":[["x"]]`, CodeBadRequest},
		{`"files":` + a, CodeBadRequest},
		{`"files":[` + a + `,` + a + `]`, CodeBadRequest},
		{`"files":[` + a + `,{"id":` + a + `,"alt":"again"}]`, CodeBadRequest},
		{`"files":["../etc/passwd"]`, CodeBadRequest},
		{`"files":[` + strings.ToUpper(a) + `]`, CodeBadRequest},
		{`"files":[` + eleven + `]`, CodeBadRequest},
		{`"files":[` + a + `],"text":""`, CodeBadRequest},
		{`"files":[` + a + `],"text":" "`, CodeBadRequest},
	} {
		_, err := DecodeSend([]byte(`{"id":"`+testID+`",`+c.members+`}`), "lobby", testLimits)
		got := Code("")
		var refused *FrameError
		if errors.As(err, &refused) {
			got = refused.Code
		}
		if got != c.want {
			t.Errorf("%s: %v, want %q", c.members, err, c.want)
		}
	}
	send, err := DecodeSend([]byte(`{"id":"`+testID+`","files":[{"id":`+a+`,"alt":"The\r\nway in"}]}`), "lobby", testLimits)
	if err != nil || send.Files[0].Alt != "The\nway in" || send.Text != "" {
		t.Errorf("%+v, %v", send, err)
	}
}

func TestFileNames(t *testing.T) {
	for name, want := range map[string]bool{
		"plan.pdf": true, "..": true, "grüße aus Berlin 👋.txt": true, `"; x=`: true, strings.Repeat("a", 200): true,
		"": false, strings.Repeat("a", 201): false, "../plan.pdf": false, `..\plan.pdf`: false, "a\x00b": false, "a\nb": false, "a\u0085b": false, "\xff": false,
	} {
		if ValidFileName(name) != want {
			t.Errorf("%q is a name: %t", name, !want)
		}
	}
}

func TestFileSettings(t *testing.T) {
	for settings, want := range map[string]RoomSettings{
		`{"files":"staff","file_types":["image/*","application/pdf"]}`: {Files: FilesStaff, FileTypes: "image/* application/pdf"},
		`{"files":"off"}`: {Files: FilesOff},
		`{"files":null}`:  {},
	} {
		if got, err := ReadSettings(settings); err != nil || got != want {
			t.Errorf("%s: %+v, %v", settings, got, err)
		}
	}
	for _, settings := range []string{
		`{"files":"none"}`, `{"files":true}`, `{"file_types":"image/*"}`, `{"file_types":[]}`, `{"file_types":["image"]}`, `{"file_types":["image/* x"]}`,
		`{"file_types":[7]}`, `{"file_types":["*/png"]}`,
	} {
		if got, err := ReadSettings(settings); err == nil || got != (RoomSettings{}) {
			t.Errorf("%s: %+v, %v", settings, got, err)
		}
	}
	for _, c := range []struct {
		list, typ string
		want      bool
	}{
		{"", "text/plain", true}, {"image/*", "image/png", true}, {"image/*", "text/plain", false}, {"*/*", "text/plain", true},
		{"image/png application/pdf", "application/pdf", true}, {"image/png application/pdf", "image/gif", false}, {"im/*", "image/png", false},
	} {
		if MatchType(c.list, c.typ) != c.want {
			t.Errorf("%q takes %s: %t", c.list, c.typ, !c.want)
		}
	}
}
