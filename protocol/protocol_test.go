package protocol

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"
)

var testLimits = Limits{TextBytes: TextBytesMax, FrameBytes: FrameBytesMax}

const testID = "0199a1c4-7f3e-7c21-9f6a-2d1f0a3b4c5d"

// golden calls f with each golden file of a folder: one frame or document, as this version writes it.
func golden(t *testing.T, dir string, f func(t *testing.T, want []byte) []byte) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join("testdata", dir, "*.json"))
	if err != nil || len(paths) == 0 {
		t.Fatal("no golden files in", dir, err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".json"), func(t *testing.T) {
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			want = bytes.TrimSpace(want)
			if got := f(t, want); string(got) != string(want) {
				t.Errorf("comes back as\n%s\nwant\n%s", got, want)
			}
		})
	}
}

func TestGoldenClientFrames(t *testing.T) {
	golden(t, "client", func(t *testing.T, data []byte) []byte {
		f, err := DecodeClient(data, testLimits)
		if err != nil {
			t.Fatal(err)
		}
		return Encode(f)
	})
}

func TestGoldenRelayFrames(t *testing.T) {
	golden(t, "relay", func(t *testing.T, data []byte) []byte {
		f, err := DecodeRelay(data)
		if err != nil {
			t.Fatal(err)
		}
		if _, unknown := f.(Unknown); unknown {
			t.Fatal("the frame's type is not known")
		}
		return f.Append(nil)
	})
}

func TestGoldenDocuments(t *testing.T) {
	golden(t, "rest", func(t *testing.T, data []byte) []byte {
		if bytes.Contains(data, []byte("about:blank")) {
			p, err := DecodeProblem(data)
			if err != nil {
				t.Fatal(err)
			}
			return p.Append(nil)
		}
		if bytes.HasPrefix(data, []byte(`{"reports"`)) {
			entries, more, err := DecodeReports(data)
			if err != nil {
				t.Fatal(err)
			}
			return AppendReports(nil, entries, more)
		}
		if bytes.HasPrefix(data, []byte(`{"turns"`)) {
			page, more, err := DecodeTurns(data)
			if err != nil {
				t.Fatal(err)
			}
			return AppendTurns(nil, page, more)
		}
		if bytes.HasPrefix(data, []byte(`{"devices"`)) {
			devices, err := DecodeDevices(data)
			if err != nil {
				t.Fatal(err)
			}
			return AppendDevices(nil, devices)
		}
		p, err := DecodePage(data)
		if err != nil {
			t.Fatal(err)
		}
		return p.Append(nil)
	})
}

// TestGoldenFilesAreComplete checks that every frame type of version 1 has a golden file, so that a new one cannot be
// forgotten.
func TestGoldenFilesAreComplete(t *testing.T) {
	for dir, types := range map[string]string{
		"client": "hello join leave send edit delete react pin moderate report settings device turn wraps want typing read ping",
		"relay":  "welcome joined message typing presence read moderated reported reports settings device turned wrapped wanted due pong error goaway",
	} {
		for _, typ := range strings.Fields(types) {
			if _, err := os.Stat(filepath.Join("testdata", dir, typ+".json")); err != nil {
				t.Error(err)
			}
		}
	}
}

func sendFrame(text string) string {
	quoted, _ := json.Marshal(text)
	return `{"type":"send","room":"lobby","id":"` + testID + `","text":` + string(quoted) + `}`
}

func TestDecodeClientRefuses(t *testing.T) {
	deep := strings.Repeat("[", DepthMax+1) + strings.Repeat("]", DepthMax+1)
	many := `{"type":"ping"` + strings.Repeat(`,"x":1`, 2) + `}`
	for _, c := range []struct {
		name, frame string
		code        Code // "": not the protocol
	}{
		{"nothing", ``, ""},
		{"no JSON", `hello`, ""},
		{"an array", `[]`, ""},
		{"a string", `"hello"`, ""},
		{"cut off", `{"type":"ping"`, ""},
		{"two objects", `{"type":"ping"}{"type":"ping"}`, ""},
		{"a trailing NUL", "{\"type\":\"ping\"}\x00", ""},
		{"a trailing comma", `{"type":"ping",}`, ""},
		{"a raw control character", "{\"type\":\"pi\nng\"}", ""},
		{"a leading zero", `{"type":"ping","t":01}`, ""},
		{"a bad escape", `{"type":"\x"}`, ""},
		{"no type", `{}`, CodeBadRequest},
		{"a type of null", `{"type":null}`, CodeBadRequest},
		{"a numeric type", `{"type":5}`, CodeBadRequest},
		{"an unknown type", `{"type":"dance"}`, CodeBadRequest},
		{"another case", `{"TYPE":"ping"}`, CodeBadRequest},
		{"a member twice", many, CodeBadRequest},
		{"nested too deep", `{"type":"ping","x":` + deep + `}`, CodeBadRequest},
		{"a lone surrogate", `{"type":"send","room":"lobby","id":"` + testID + `","text":"\ud83d"}`, CodeBadRequest},
		{"invalid UTF-8", "{\"type\":\"send\",\"room\":\"lobby\",\"id\":\"" + testID + "\",\"text\":\"\xff\"}", CodeBadRequest},
		{"hello without a token", `{"type":"hello"}`, CodeBadRequest},
		{"hello with a numeric token", `{"type":"hello","token":1}`, CodeBadRequest},
		{"join without a room", `{"type":"join"}`, CodeBadRequest},
		{"join of a nameless room", `{"type":"join","room":""}`, CodeBadRequest},
		{"join with a path", `{"type":"join","room":"../etc"}`, CodeBadRequest},
		{"join with a long name", `{"type":"join","room":"` + strings.Repeat("a", 129) + `"}`, CodeBadRequest},
		{"send without an id", `{"type":"send","room":"lobby","text":"x"}`, CodeBadRequest},
		{"send with an upper-case id", `{"type":"send","room":"lobby","id":"` + strings.ToUpper(testID) + `","text":"x"}`, CodeBadRequest},
		{"send without text", `{"type":"send","room":"lobby","id":"` + testID + `"}`, CodeBadRequest},
		{"send with text and encrypted", `{"type":"send","room":"lobby","id":"` + testID + `","text":"x","encrypted":{"alg":"A256GCM","kid":"k","iv":"AAECAwQFBgcICQoL","ct":"eA"}}`, CodeBadRequest},
		{"encrypted by another algorithm", `{"type":"send","room":"lobby","id":"` + testID + `","encrypted":{"alg":"none","kid":"k","iv":"AAECAwQFBgcICQoL","ct":"eA"}}`, CodeBadRequest},
		{"encrypted with a short iv", `{"type":"send","room":"lobby","id":"` + testID + `","encrypted":{"alg":"A256GCM","kid":"k","iv":"AAEC","ct":"eA"}}`, CodeBadRequest},
		{"an empty text", sendFrame(""), CodeBadRequest},
		{"only white space", sendFrame(" \n\t\u00a0\u2003"), CodeBadRequest},
		{"a NUL", sendFrame("a\x00b"), CodeBadRequest},
		{"a C1 control", sendFrame("a\u0085b"), CodeBadRequest},
		{"a text too long by one", sendFrame(strings.Repeat("a", TextBytesMax+1)), CodeTooLarge},
		{"a bad reply_to", `{"type":"send","room":"lobby","id":"` + testID + `","text":"x","reply_to":"41"}`, CodeBadRequest},
		{"a bad sent_at", `{"type":"send","room":"lobby","id":"` + testID + `","text":"x","sent_at":"now"}`, CodeBadRequest},
		{"react with white space", `{"type":"react","room":"lobby","id":"` + testID + `","emoji":"a b","on":true}`, CodeBadRequest},
		{"react without on", `{"type":"react","room":"lobby","id":"` + testID + `","emoji":"a"}`, CodeBadRequest},
		{"read of a fraction", `{"type":"read","room":"lobby","seq":1.5}`, CodeBadRequest},
		{"read of a negative seq", `{"type":"read","room":"lobby","seq":-1}`, CodeBadRequest},
		{"ping with a string", `{"type":"ping","t":"1"}`, CodeBadRequest},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, err := DecodeClient([]byte(c.frame), testLimits)
			var refusal *FrameError
			if !errors.As(err, &refusal) {
				t.Fatalf("got %#v, %v; want a refusal", f, err)
			}
			if refusal.NotProtocol != (c.code == "") || c.code != "" && refusal.Code != c.code {
				t.Errorf("got %+v, want %q", refusal, c.code)
			}
		})
	}
}

func TestDecodeClientTakes(t *testing.T) {
	for _, frame := range []string{
		` { "type" : "ping" , "t" : -1.5e+3 } `,
		`{"type":"ping"}`,
		`{"type":"ping","text":{"of":["a later","version"]},"Type":"x"}`,
		`{"type":"join","room":"a.b_c:d~e-f0"}`,
		`{"type":"send","room":"lobby","id":"` + testID + `","text":"\ud83d\ude00 \u0041\/","reply_to":null}`,
		sendFrame("tab\tand\nline"),
		sendFrame(strings.Repeat("a", TextBytesMax)),
	} {
		if _, err := DecodeClient([]byte(frame), testLimits); err != nil {
			t.Errorf("%.80s: %v", frame, err)
		}
	}
}

func TestRefusalNamesTheFrame(t *testing.T) {
	_, err := DecodeClient([]byte(`{"text":7,"id":"`+testID+`","room":"lobby","type":"send"}`), testLimits)
	var refusal *FrameError
	if !errors.As(err, &refusal) {
		t.Fatal(err)
	}
	want := Error{Code: CodeBadRequest, Message: "text is of the wrong kind", Room: "lobby", ID: testID}
	if got := refusal.Frame(); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

// TestEscapedTextFitsFrame checks that the largest text with all bytes escaped fits into the largest frame.
func TestEscapedTextFitsFrame(t *testing.T) {
	frame := sendFrame(strings.Repeat("\n", TextBytesMax-1) + "a")
	frame = strings.ReplaceAll(frame, `\n`, `\u000a`)
	if len(frame) > FrameBytesMax {
		t.Fatalf("%d bytes", len(frame))
	}
	if _, err := DecodeClient([]byte(frame), testLimits); err != nil {
		t.Error(err)
	}
}

func TestDecodeRelayPassesOverTheUnknown(t *testing.T) {
	f, err := DecodeRelay([]byte(`{"type":"confetti","text":{"a":[1,2]}}`))
	if want := (Unknown{Type: "confetti"}); err != nil || f != want {
		t.Errorf("got %#v, %v", f, err)
	}
	f, err = DecodeRelay([]byte(`{"new":1,"type":"presence","members":3,"room":"lobby","by":{"x":null}}`))
	if want := (Presence{Room: "lobby", Members: 3}); err != nil || f != want {
		t.Errorf("got %#v, %v", f, err)
	}
}

func TestDecodeRelayRefuses(t *testing.T) {
	for _, frame := range []string{
		``, `[]`, `{"type":"presence","members":"3"}`, `{"type":"message"}`,
		`{"type":"message","message":{"id":"a","seq":2,"rev":1}}`,
		`{"type":"joined","head":1.5}`,
	} {
		if f, err := DecodeRelay([]byte(frame)); err == nil {
			t.Errorf("%s: taken as %#v", frame, f)
		}
	}
}

func TestReadClaims(t *testing.T) {
	// {"sub":"u_17","exp":1795426800,"rooms":["lobby"]}
	c, ok := ReadClaims("e30.eyJzdWIiOiJ1XzE3IiwiZXhwIjoxNzk1NDI2ODAwLCJyb29tcyI6WyJsb2JieSJdfQ.c2ln")
	if !ok || c.Subject != "u_17" || c.Expires.Unix() != 1795426800 {
		t.Errorf("got %+v, %v", c, ok)
	}
	for _, token := range []string{"", "a.b", "a.%.c", "e30.e30.e30", "e30.W10.c2ln"} {
		if _, ok := ReadClaims(token); ok {
			t.Errorf("%q: taken", token)
		}
	}
}

func TestCodesCarryTheirPolicy(t *testing.T) {
	for code, status := range map[Code]int{
		CodeBadRequest: 400, CodeUnauthorized: 401, CodeForbidden: 403, CodeNotFound: 404, CodeConflict: 409,
		CodeTooLarge: 413, CodeRateLimited: 429, CodeInternal: 500, CodeUnavailable: 503, "of_tomorrow": 500,
	} {
		if got := code.HTTPStatus(); got != status {
			t.Errorf("%s: status %d, want %d", code, got, status)
		}
		if want := code != "of_tomorrow" && (status == 429 || status >= 500); code.Retryable() != want {
			t.Errorf("%s: retryable %v", code, !want)
		}
	}
	for _, code := range []CloseCode{CloseNotProtocol, ClosePutOut} {
		if !code.Final() {
			t.Errorf("%d is not final", code)
		}
	}
	if CloseUnauthorized.Final() || CloseSlowConsumer.Final() {
		t.Error("a client would stay away for good")
	}
}

// addGolden seeds a corpus with the golden files of a folder.
func addGolden(f *testing.F, dir string) {
	f.Helper()
	paths, err := filepath.Glob(filepath.Join("testdata", dir, "*.json"))
	if err != nil || len(paths) == 0 {
		f.Fatal("no golden files in", dir, err)
	}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
}

// FuzzDecodeClient compares the decoder with the standard library's: an accepted frame is JSON, and stays the same when
// written and read again.
func FuzzDecodeClient(f *testing.F) {
	addGolden(f, "client")
	f.Fuzz(func(t *testing.T, data []byte) {
		frame, err := DecodeClient(data, testLimits)
		if err != nil {
			var refusal *FrameError
			if !errors.As(err, &refusal) {
				t.Fatalf("an error of another kind: %v", err)
			}
			if refusal.NotProtocol && json.Valid(data) && bytes.HasPrefix(bytes.TrimSpace(data), []byte("{")) {
				t.Fatal("an object of JSON is called none")
			}
			return
		}
		if !json.Valid(data) {
			t.Fatal("taken though it is no JSON")
		}
		again := Encode(frame)
		if !json.Valid(again) || !utf8.Valid(again) {
			t.Fatalf("written as %q", again)
		}
		frame2, err := DecodeClient(again, testLimits)
		if err != nil || !bytes.Equal(Encode(frame2), again) {
			t.Fatalf("%q does not come back: %v", again, err)
		}
	})
}

// FuzzDecodeRelay checks that no bytes from a relay can harm a client.
func FuzzDecodeRelay(f *testing.F) {
	addGolden(f, "relay")
	f.Fuzz(func(t *testing.T, data []byte) {
		frame, err := DecodeRelay(data)
		if err != nil {
			return
		}
		if !json.Valid(data) {
			t.Fatal("taken though it is no JSON")
		}
		if again := frame.Append(nil); !json.Valid(again) {
			t.Fatalf("written as %q", again)
		}
	})
}

// FuzzDecodeDocuments is FuzzDecodeRelay for documents over REST.
func FuzzDecodeDocuments(f *testing.F) {
	addGolden(f, "rest")
	f.Fuzz(func(t *testing.T, data []byte) {
		var written [][]byte
		if p, err := DecodePage(data); err == nil {
			written = append(written, p.Append(nil))
		}
		if p, err := DecodeProblem(data); err == nil {
			written = append(written, p.Append(nil))
		}
		if entries, more, err := DecodeReports(data); err == nil {
			written = append(written, AppendReports(nil, entries, more))
		}
		if page, more, err := DecodeTurns(data); err == nil {
			written = append(written, AppendTurns(nil, page, more))
		}
		if devices, err := DecodeDevices(data); err == nil {
			written = append(written, AppendDevices(nil, devices))
		}
		if written != nil && !json.Valid(data) {
			t.Fatal("taken though it is no JSON")
		}
		for _, again := range written {
			if !json.Valid(again) {
				t.Fatalf("written as %q", again)
			}
		}
	})
}

func TestRolesAreInOrder(t *testing.T) {
	roles := []Role{"none of them", RoleParticipant, RoleModerator, RoleOrganizer}
	for i, role := range roles {
		for j, least := range roles {
			if got := role.AtLeast(least); got != (i >= j) {
				t.Errorf("%q at least %q: %v", role, least, got)
			}
			if got := role.MayModerate(least); got != (i >= 2 && i > j) {
				t.Errorf("%q may moderate %q: %v", role, least, got)
			}
		}
	}
}
