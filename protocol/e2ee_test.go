package protocol

import (
	"bytes"
	"encoding/base64"
	"errors"
	"strings"
	"testing"
)

// TestEncryptedRefuses checks the form of each part of the frames of encrypted rooms.
func TestEncryptedRefuses(t *testing.T) {
	file := func(name string) string { return string(goldenFiles(t, "client", name)[0]) }
	long := base64.RawURLEncoding.EncodeToString(make([]byte, CertBytesMax))
	wrap := file("wraps")[strings.Index(file("wraps"), `[{`)+1 : strings.Index(file("wraps"), `}]`)+1]
	var turn MakeTurn
	if f, err := DecodeClient([]byte(file("turn")), testLimits); err != nil {
		t.Fatal(err)
	} else {
		turn = f.(MakeTurn)
	}
	for _, c := range []struct {
		name, frame, old, new string
		code                  Code
	}{
		{"a short id", "device", `"id":"`, `"id":"A`, CodeBadRequest},
		{"a short coordinate", "device", `"x":"`, `"x":"AAAA`, CodeBadRequest},
		{"no box", "device", `"box"`, `"bocks"`, CodeBadRequest},
		{"a sign that is no object", "device", `"sign":`, `"sign":7,"was":`, CodeBadRequest},
		{"an empty sig", "device", `"sig":"`, `"sig":"","was":"`, CodeBadRequest},
		{"a cert with a space", "device", `"cert":"`, `"cert":" `, CodeBadRequest},
		{"a cert that is not ASCII", "device", `"cert":"`, `"cert":"ű`, CodeBadRequest},
		{"a long cert", "device", `"cert":"`, `"cert":"` + long, CodeTooLarge},
		{"turn 0", "turn", `"n":2`, `"n":0`, CodeBadRequest},
		{"a kid of another turn", "turn", `"kid":"2.`, `"kid":"3.`, CodeBadRequest},
		{"a kid with zeros before", "turn", `"kid":"2.`, `"kid":"02.`, CodeBadRequest},
		{"a long kid", "turn", `"kid":"2.`, `"kid":"2.A`, CodeBadRequest},
		{"a bad prev_kid", "turn", `"prev_kid":"1.`, `"prev_kid":"x.`, CodeBadRequest},
		{"a short prev", "turn", `"prev":"`, `"prev":"A","was":"`, CodeBadRequest},
		{"a link without prev_kid", "turn", `"prev_kid"`, `"was"`, CodeBadRequest},
		{"a bad device", "turn", `"by":"`, `"by":"x`, CodeBadRequest},
		{"a time that is none", "turn", `"at":"`, `"at":"x`, CodeBadRequest},
		{"an out that is no list", "turn", `"out":`, `"out":"u_9","was":`, CodeBadRequest},
		{"an empty user", "turn", `"u_9"`, `""`, CodeBadRequest},
		{"a huge turn", "turn", `"sig":"`, `"new":"` + strings.Repeat("x", TurnBytesMax) + `","sig":"`, CodeTooLarge},
		{"no turn", "turn", `"turn":{`, `"was":{`, CodeBadRequest},
		{"no wraps", "wraps", wrap, ``, CodeBadRequest},
		{"no list of wraps", "wraps", `"wraps":`, `"was":`, CodeBadRequest},
		{"201 wraps", "wraps", wrap, strings.Repeat(wrap+",", WrapsMax) + wrap, CodeBadRequest},
		{"a short enc", "wraps", `"enc":"`, `"enc":"A`, CodeBadRequest},
		{"a short ct", "wraps", `"ct":"`, `"ct":"AA","was":"`, CodeBadRequest},
		{"to nobody", "wraps", `"to":"`, `"to":"","was":"`, CodeBadRequest},
		{"a padded to", "wraps", `"to":"` + turn.Wraps[0].To, `"to":"` + turn.Wraps[0].To + `==`, CodeBadRequest},
		{"want of turn 0", "want", `"n":2`, `"n":0`, CodeBadRequest},
	} {
		frame := strings.Replace(file(c.frame), c.old, c.new, 1)
		if frame == file(c.frame) {
			t.Fatalf("%s: nothing is replaced", c.name)
		}
		f, err := DecodeClient([]byte(frame), testLimits)
		var refusal *FrameError
		if !errors.As(err, &refusal) || refusal.Code != c.code || refusal.Frame().Of != c.frame {
			t.Errorf("%s: got %#v, %v; want %s", c.name, f, err, c.code)
		}
	}
}

// TestFullFrameOfWraps checks that the maximum number of wraps fits into the largest frame.
func TestFullFrameOfWraps(t *testing.T) {
	f, err := DecodeClient(goldenFiles(t, "client", "turn")[0], testLimits)
	if err != nil {
		t.Fatal(err)
	}
	turn := f.(MakeTurn)
	for len(turn.Wraps) < WrapsMax {
		turn.Wraps = append(turn.Wraps, turn.Wraps[0])
	}
	data := Encode(turn)
	if f, err := DecodeClient(data, testLimits); err != nil || len(data) > FrameBytesMax || len(f.(MakeTurn).Wraps) != WrapsMax {
		t.Errorf("%d bytes: %v", len(data), err)
	}
}

// TestTurnKeepsItsForm checks that a turn keeps the members of later versions, and its written form.
func TestTurnKeepsItsForm(t *testing.T) {
	golden := goldenFiles(t, "client", "turn")[0]
	data := bytes.Replace(golden, []byte(`"turn":{`), []byte(`"turn": { "new" : [1,{"a":null}] , "out":["u\u005f9"], `), 1)
	data = bytes.Replace(data, []byte(`,"out":["u_9"]`), nil, 1)
	f, err := DecodeClient(data, testLimits)
	if err != nil || !bytes.Equal(Encode(f), bytes.Replace(data, []byte(`: { "new"`), []byte(`:{ "new"`), 1)) {
		t.Fatalf("got %s, %v\nwant %s", Encode(f), err, data)
	}
	turn := f.(MakeTurn).Turn
	if len(turn.Out) != 1 || turn.Out[0] != "u_9" {
		t.Errorf("out is %q", turn.Out)
	}
	if again, err := DecodeTurn(turn.Append(nil)); err != nil || again.By != turn.By {
		t.Errorf("read again it is %+v, %v", again, err)
	}
}

// TestTurnsOfOtherClients checks that a client may write null for missing parts of a turn, and a number for its time.
func TestTurnsOfOtherClients(t *testing.T) {
	golden := string(goldenFiles(t, "client", "turn-first")[0])
	changed := strings.NewReplacer(`"out":[]`, `"out":[],"prev_kid":null,"prev":null,"link":null`, `"at":"2026-11-23T09:15:01Z"`, `"at":1763889301000`).Replace(golden)
	f, err := DecodeClient([]byte(changed), testLimits)
	if err != nil || string(Encode(f)) != changed {
		t.Fatalf("got %s, %v", f, err)
	}
	if turn := f.(MakeTurn).Turn; turn.At != "1763889301000" || turn.Link != "" {
		t.Errorf("turn %+v", turn)
	}
	for _, wraps := range []string{`"wraps":null`, `"was":[]`} {
		if f, err := DecodeClient([]byte(strings.Replace(golden, `"wraps":[]`, wraps, 1)), testLimits); err != nil || !strings.HasSuffix(string(Encode(f)), `"wraps":[]}`) {
			t.Errorf("%s: %+v, %v", wraps, f, err)
		}
	}
	// A turn that the relay accepts is read again from its database, and by clients.
	changed = strings.Replace(changed, `"out":[]`, `"out":null`, 1)
	if f, err = DecodeClient([]byte(changed), testLimits); err != nil {
		t.Fatal(err)
	}
	turn := f.(MakeTurn).Turn
	if again, err := DecodeTurn(turn.Append(nil)); err != nil || again.Kid != turn.Kid {
		t.Errorf("read again: %+v, %v", again, err)
	}
	told := Joined{Room: "lobby", Epoch: "e", Role: RoleParticipant, E2EE: &Locked{Turn: &turn}}
	for _, frame := range []RelayFrame{Turned{Room: "lobby", Turn: turn}, told} {
		if again, err := DecodeRelay(frame.Append(nil)); err != nil || string(again.Append(nil)) != string(frame.Append(nil)) {
			t.Errorf("read by a client: %+v, %v", again, err)
		}
	}
	if page, _, err := DecodeTurns(AppendTurns(nil, []Turn{turn}, false)); err != nil || len(page) != 1 || page[0].Kid != turn.Kid {
		t.Errorf("read in a page: %+v, %v", page, err)
	}
	for _, at := range []string{`-1`, `1.5`, `1e3`, `0`, `true`, `"soon"`, `null`} {
		if f, err := DecodeClient([]byte(strings.Replace(golden, `"2026-11-23T09:15:01Z"`, at, 1)), testLimits); err == nil {
			t.Errorf("at %s is taken: %+v", at, f)
		}
	}
}

// TestCiphertextBound checks that a ciphertext may exceed the text by the other parts of an encrypted text.
func TestCiphertextBound(t *testing.T) {
	send := func(bytes int) error {
		ct := base64.RawURLEncoding.EncodeToString(make([]byte, bytes))
		_, err := DecodeClient([]byte(`{"type":"send","room":"lobby","id":"`+testID+`","encrypted":{"alg":"A256GCM","kid":"k","iv":"AAECAwQFBgcICQoL","ct":"`+ct+`"}}`), testLimits)
		return err
	}
	var refusal *FrameError
	if err := send(TextBytesMax + 512); err != nil {
		t.Error(err)
	}
	if err := send(TextBytesMax + 513); !errors.As(err, &refusal) || refusal.Code != CodeTooLarge {
		t.Errorf("one byte more: %v", err)
	}
}

// TestE2EESetting checks that the setting names the version of the encryption.
func TestE2EESetting(t *testing.T) {
	for settings, want := range map[string]int64{`{}`: 0, `{"e2ee":1}`: 1, `{"e2ee":null}`: 0, `{"e2ee":2}`: -1, `{"e2ee":0}`: -1, `{"e2ee":true}`: -1} {
		r, err := ReadSettings(settings)
		if r.E2EE != max(want, 0) || (err != nil) != (want < 0) {
			t.Errorf("%s: %d, %v", settings, r.E2EE, err)
		}
	}
}
