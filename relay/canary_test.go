package main

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"hallway/e2ee"
	"hallway/e2ee/devicetest"
	"hallway/protocol"
)

// A canary is a text that reveals a leak.
const canary = "Kanarienvögel singen nicht über Brücken"

// forms returns the encodings in which a text may occur: plain, escaped, in hexadecimal, and in base64 at each offset.
func forms(text string) map[string][]byte {
	all := map[string][]byte{
		"UTF-8":               []byte(text),
		"escaped":             []byte(strings.Trim(strconv.QuoteToASCII(text), `"`)),
		"lower hexadecimal":   []byte(hex.EncodeToString([]byte(text))),
		"upper hexadecimal":   []byte(strings.ToUpper(hex.EncodeToString([]byte(text)))),
		"one of its words":    []byte("Kanarienvögel"),
		"a folded word of it": []byte("kanarienvogel"),
	}
	for offset := range 3 {
		for name, encoding := range map[string]*base64.Encoding{"base64": base64.RawStdEncoding, "base64url": base64.RawURLEncoding} {
			encoded := encoding.EncodeToString(append(make([]byte, offset), text...))
			// The first and the last characters depend on the bytes beside the text.
			all[fmt.Sprint(name, " at ", offset)] = []byte(encoded[4 : len(encoded)-4])
		}
	}
	return all
}

// findCanary returns the forms of the canary in content.
func findCanary(content []byte) (found []string) {
	for name, form := range forms(canary) {
		if bytes.Contains(content, form) {
			found = append(found, name)
		}
	}
	return found
}

// seal encrypts a text as a client does, but without the inner signature.
func seal(t *testing.T, kid, text string) *protocol.Encrypted {
	t.Helper()
	key, iv := make([]byte, 32), make([]byte, 12)
	_, _ = rand.Read(key)
	_, _ = rand.Read(iv)
	block, err := aes.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		t.Fatal(err)
	}
	content := []byte(fmt.Sprintf(`{"text":%q,"files":[{"name":%q,"alt":%q}]}`, text, text, text))
	padded := append(content, make([]byte, 256-len(content)%256)...)
	return &protocol.Encrypted{Alg: "A256GCM", Kid: kid, IV: e2ee.Encode(iv), CT: e2ee.Encode(gcm.Seal(nil, iv, padded, nil))}
}

// uploadAs uploads a file into the lobby.
func (p *process) uploadAs(bearer, file, name string, content []byte) {
	p.t.Helper()
	status, _, answer := p.rest("PUT", "/v1/rooms/lobby/files/"+file+"?name="+url.QueryEscape(name), bearer, string(content))
	if status != http.StatusCreated {
		p.t.Fatalf("an upload: %d %s", status, answer)
	}
}

// traces returns, by name, all data that the relay and the operator's commands store or print.
func (p *process) traces() map[string][]byte {
	p.t.Helper()
	all := make(map[string][]byte)
	_, _, all["metrics"] = p.rest("GET", "/metrics", "", "")
	backup := filepath.Join(p.t.TempDir(), "backup.db")
	succeed(p.t, "backup", "--db", p.db, "--to", backup)
	all["export"] = []byte(succeed(p.t, "export", "--db", p.db, "--user", "ada"))
	all["check"] = []byte(succeed(p.t, "check", "--db", p.db))
	files := []string{p.db, p.db + "-wal", backup}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			p.t.Fatal(err)
		}
		all[strings.TrimPrefix(filepath.Base(file), "hallway.")] = content
	}
	all["files"], all["files of the backup"] = readAll(p.t, p.db+".files"), readAll(p.t, backup+".files")
	p.stop()
	all["log"] = []byte(p.printed())
	content, err := os.ReadFile(p.db)
	if err != nil {
		p.t.Fatal(err)
	}
	all["database after the end"] = content
	return all
}

// readAll returns the names and the bytes of all files in a folder.
func readAll(t *testing.T, folder string) (all []byte) {
	t.Helper()
	err := filepath.WalkDir(folder, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		all = append(append(append(all, path...), '\n'), content...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestCanary checks that the text of an encrypted room is in no byte that a relay stores or prints, even if a client
// sends it unencrypted. In a plain room the same test finds the text.
func TestCanary(t *testing.T) {
	t.Run("plain", func(t *testing.T) {
		p := serve(t)
		c := p.enter("ada", "lobby")
		c.say(protocol.Send{Room: "lobby", ID: id(1), Text: canary})
		want[protocol.Changed](c)
		p.uploadAs(token(t, "ada", "*"), id(8), canary, []byte(canary))
		c.say(protocol.Send{Room: "lobby", ID: id(2), Files: []protocol.Attachment{{ID: id(8), Alt: canary}}})
		want[protocol.Changed](c)
		traces := p.traces()
		for _, where := range []string{"db-wal", "backup.db", "export", "files", "files of the backup", "database after the end"} {
			if len(findCanary(traces[where])) == 0 {
				t.Errorf("the canary of a plain room is not found in: %s", where)
			}
		}
		for _, where := range []string{"log", "metrics", "check"} {
			if found := findCanary(traces[where]); len(found) > 0 {
				t.Errorf("%s: the canary is there in %v", where, found)
			}
		}
	})
	t.Run("encrypted", func(t *testing.T) {
		p := serve(t)
		p.sealRoom("lobby")
		ada := devicetest.New("ada")
		bearer := tokenAs(t, "ada", protocol.RoleModerator, "lobby")
		c, _ := p.enterWith(bearer, &ada, "lobby")
		turn := ada.Turn("lobby", 1, nil)
		c.say(protocol.MakeTurn{Room: "lobby", Turn: turn})
		want[protocol.Turned](c)
		c.say(protocol.Send{Room: "lobby", ID: id(1), Encrypted: seal(t, turn.Kid, canary)})
		want[protocol.Changed](c)
		c.say(protocol.Edit{Room: "lobby", ID: id(1), Encrypted: seal(t, turn.Kid, canary)})
		want[protocol.Changed](c)
		p.uploadAs(bearer, id(8), "file", e2ee.Decode(seal(t, turn.Kid, canary).CT))
		c.say(protocol.Send{Room: "lobby", ID: id(7), Encrypted: seal(t, turn.Kid, canary), Files: []protocol.Attachment{{ID: id(8)}}})
		if f := want[protocol.Changed](c).Message.Files; len(f) != 1 || f[0].Name != "file" || f[0].Type != protocol.OctetStream || f[0].Alt != "" {
			t.Errorf("the relay says of an encrypted file: %+v", f)
		}
		// From an old or a lying client.
		c.say(protocol.Send{Room: "lobby", ID: id(2), Text: canary})
		c.wantError(protocol.CodeForbidden)
		c.say(protocol.Edit{Room: "lobby", ID: id(1), Text: canary})
		c.wantError(protocol.CodeForbidden)
		c.say(protocol.Send{Room: "lobby", ID: id(3), Encrypted: seal(t, turn.Kid, "x"), Files: []protocol.Attachment{{ID: id(9), Alt: canary}}})
		c.wantError(protocol.CodeForbidden)
		for method, path := range map[string]string{"POST": "/v1/rooms/lobby/messages", "PATCH": "/v1/rooms/lobby/messages/" + id(1)} {
			if status, _, answer := p.rest(method, path, bearer, fmt.Sprintf(`{"id":%q,"text":%q}`, id(4), canary)); status != http.StatusForbidden {
				t.Errorf("%s: %d %s", method, status, answer)
			}
		}
		if status, _, _ := p.rest("GET", "/v1/rooms/lobby/messages?q=Kanarienv%C3%B6gel", bearer, ""); status != http.StatusForbidden {
			t.Errorf("a search: %d", status)
		}
		if page := p.page("lobby", ""); len(page.Messages) != 2 || page.Messages[0].Encrypted == nil || page.Messages[1].Encrypted == nil {
			t.Errorf("page %+v", page)
		}
		traces := p.traces()
		if !bytes.Contains(traces["export"], []byte(`"encrypted"`)) || !bytes.Contains(traces["export"], []byte(ada.ID)) || !bytes.Contains(traces["export"], []byte(turn.Kid)) {
			t.Errorf("an export has the ciphertext, the devices and the turns: %s", traces["export"])
		}
		for where, content := range traces {
			if found := findCanary(content); len(found) > 0 {
				t.Errorf("%s: the canary is there in %v", where, found)
			}
		}
	})
}
