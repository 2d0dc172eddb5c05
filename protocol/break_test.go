package protocol

import (
	"encoding/json"
	"strings"
	"testing"
)

func quoted(text string) string {
	b, _ := json.Marshal(text)
	return string(b)
}

// TestLineBreaksOnTheWire checks that a carriage return is a line break in every received text, and that control
// characters other than newline and tab are refused.
func TestLineBreaksOnTheWire(t *testing.T) {
	l := Limits{TextBytes: TextBytesMax, FrameBytes: FrameBytesMax}
	ways := map[string]func(text string) (string, error){
		"send": func(text string) (string, error) {
			f, err := DecodeClient([]byte(`{"type":"send","room":"lobby","id":"`+testID+`","text":`+quoted(text)+`}`), l)
			s, _ := f.(Send)
			return s.Text, err
		},
		"edit": func(text string) (string, error) {
			f, err := DecodeClient([]byte(`{"type":"edit","room":"lobby","id":"`+testID+`","text":`+quoted(text)+`}`), l)
			e, _ := f.(Edit)
			return e.Text, err
		},
		"POST": func(text string) (string, error) {
			s, err := DecodeSend([]byte(`{"id":"`+testID+`","text":`+quoted(text)+`}`), "lobby", l)
			return s.Text, err
		},
		"PATCH": func(text string) (string, error) {
			e, err := DecodeEdit([]byte(`{"text":`+quoted(text)+`}`), "lobby", testID, l)
			return e.Text, err
		},
		"report": func(text string) (string, error) {
			f, err := DecodeClient([]byte(`{"type":"report","room":"lobby","id":"`+testID+`","reason":`+quoted(text)+`}`), l)
			r, _ := f.(Report)
			return r.Reason, err
		},
		"POST of a report": func(text string) (string, error) {
			r, err := DecodeReport([]byte(`{"reason":`+quoted(text)+`}`), "lobby", testID)
			return r.Reason, err
		},
		"moderate": func(text string) (string, error) {
			f, err := DecodeClient([]byte(`{"type":"moderate","room":"lobby","act":"ban","user":"u2","reason":`+quoted(text)+`}`), l)
			m, _ := f.(Moderate)
			return m.Reason, err
		},
		"PUT of a mute": func(text string) (string, error) {
			m, err := DecodeSanction([]byte(`{"reason":`+quoted(text)+`}`), "lobby", ActMute, "u2")
			return m.Reason, err
		},
	}
	for name, decode := range ways {
		for text, want := range map[string]string{
			"a\nb": "a\nb", "a\r\nb": "a\nb", "a\rb": "a\nb", "a\r\r\nb": "a\n\nb", "a\n\rb": "a\n\nb", "\r\na\r": "\na\n", "a\r\n\r\nb": "a\n\nb", "\ta": "\ta",
			"a\u2028b\u2029": "a\u2028b\u2029", // no control characters
		} {
			if got, err := decode(text); err != nil || got != want {
				t.Errorf("%s %q: %q, %v", name, text, got, err)
			}
		}
		for _, text := range []string{"a\x00b", "a\x0bb", "a\x0cb", "a\x1b[31mb", "a\u0085b", "a\x7fb", "a\x08b", "a\u009bb", "\r\x00"} {
			if got, err := decode(text); err == nil {
				t.Errorf("%s %q is taken: %q", name, text, got)
			}
		}
		// A blank text counts as missing in a moderator's reason.
		optional := name == "moderate" || name == "PUT of a mute"
		for _, text := range []string{"\r\n", "\r", "\u200b", "\u2800", "\u3164\r\n\u3164", "\ufeff"} {
			if got, err := decode(text); optional && (err != nil || got != "") || !optional && err == nil {
				t.Errorf("%s %q: %q, %v", name, text, got, err)
			}
		}
	}
	// The limit applies to the stored form of the text.
	fits := strings.Repeat("\r\n", TextBytesMax-1) + "x"
	if got, err := ways["POST"](fits); err != nil || len(got) != TextBytesMax {
		t.Errorf("a text that fits once its breaks are one: %d bytes, %v", len(got), err)
	}
	if _, err := ways["POST"](fits + "y"); err == nil {
		t.Error("a text too long by one is taken")
	}
	if c, err := DecodeConfigure([]byte(`{"title":"\u200b\u2800"}`)); err != nil || c.Title != "" {
		t.Errorf("a blank title: %q, %v", c.Title, err)
	}
}
