package compat_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hallway/test/relaytest"
)

// oldClient is a transcript of a client of version 0.1.0, with requests about files of a later version, in an encrypted room. The client
// gets no frame that it could not ignore, and the relay accepts nothing that it sends in the clear.
const oldClient = `
person org {"sub":"u_org","name":"Olga","role":"organizer","rooms":["lobby"]}
person old {"sub":"u_old","name":"Otto","rooms":["lobby"]}
old POST /v1/rooms/lobby/messages {"id":"0199a1c4-7f3e-7c21-9f6a-000000000001","text":"Before it was encrypted."}
= 201 {"room":"lobby","id":"0199a1c4-7f3e-7c21-9f6a-000000000001","seq":1,"rev":1}
org PUT /v1/rooms/lobby {"settings":{"e2ee":1}}
= 200 {"room":"lobby","settings":{"e2ee":1}}
org PUT /v1/rooms/lobby {"title":"The lobby","settings":{}}
= 409 {"code":"conflict"}
org PUT /v1/rooms/lobby {"title":"The lobby"}
= 409 {"code":"conflict"}

old connects
old > {"type":"hello","token":"<token>","client":"hallway-chat/0.1.0"}
old < {"type":"welcome","user":{"id":"u_old","name":"Otto","role":"participant"},"heartbeat_ms":10000,"timeout_ms":5000}
old > {"type":"join","room":"lobby"}
old < {"type":"joined","room":"lobby","epoch":"<epoch 1>","head":1,"members":1,"read":0,"role":"participant"}
old > {"type":"send","room":"lobby","id":"0199a1c4-7f3e-7c21-9f6a-000000000002","text":"In the clear."}
old < {"type":"error","code":"forbidden","message":"<any>","room":"lobby","id":"0199a1c4-7f3e-7c21-9f6a-000000000002","why":"encrypted"}
old > {"type":"edit","room":"lobby","id":"0199a1c4-7f3e-7c21-9f6a-000000000001","text":"In the clear."}
old < {"type":"error","code":"forbidden","message":"<any>","room":"lobby","id":"0199a1c4-7f3e-7c21-9f6a-000000000001","why":"encrypted"}
old > {"type":"send","room":"lobby","id":"0199a1c4-7f3e-7c21-9f6a-000000000001","text":"Before it was encrypted."}
old < {"type":"message","message":{"room":"lobby","id":"0199a1c4-7f3e-7c21-9f6a-000000000001","seq":1,"rev":1,"text":"Before it was encrypted."}}
old > {"type":"send","room":"lobby","id":"0199a1c4-7f3e-7c21-9f6a-000000000005","text":"In the clear.","files":["0199a1c4-7f3e-7c21-9f6a-0000000000f1"]}
old < {"type":"error","code":"forbidden","message":"<any>","room":"lobby","id":"0199a1c4-7f3e-7c21-9f6a-000000000005","why":"encrypted"}
old > {"type":"send","room":"lobby","id":"0199a1c4-7f3e-7c21-9f6a-000000000006","files":["0199a1c4-7f3e-7c21-9f6a-0000000000f1"]}
old < {"type":"error","code":"forbidden","message":"<any>","room":"lobby","id":"0199a1c4-7f3e-7c21-9f6a-000000000006","why":"encrypted"}
old > {"type":"edit","room":"lobby","id":"0199a1c4-7f3e-7c21-9f6a-000000000001","files":["0199a1c4-7f3e-7c21-9f6a-0000000000f1"],"text":"In the clear."}
old < {"type":"error","code":"forbidden","message":"<any>","room":"lobby","id":"0199a1c4-7f3e-7c21-9f6a-000000000001","why":"encrypted"}
old > {"type":"send","room":"lobby","id":"0199a1c4-7f3e-7c21-9f6a-000000000003","encrypted":{"alg":"A256GCM","kid":"k1","iv":"AAECAwQFBgcICQoL","ct":"AAECAwQFBgcICQoLDA0ODw"}}
old < {"type":"error","code":"unavailable","message":"<any>","room":"lobby","id":"0199a1c4-7f3e-7c21-9f6a-000000000003","why":"stale_key"}
old POST /v1/rooms/lobby/messages {"id":"0199a1c4-7f3e-7c21-9f6a-000000000004","text":"In the clear."}
= 403 {"code":"forbidden","why":"encrypted"}
old PATCH /v1/rooms/lobby/messages/0199a1c4-7f3e-7c21-9f6a-000000000001 {"text":"In the clear."}
= 403 {"code":"forbidden","why":"encrypted"}
old PUT /v1/rooms/lobby/files/0199a1c4-7f3e-7c21-9f6a-0000000000f1?name=plan.json In the clear.
= 403 {"code":"forbidden","why":"encrypted"}
old GET /v1/rooms/lobby/messages?q=clear
= 403 {"code":"forbidden","why":"encrypted"}
old GET /v1/rooms/lobby/messages
= 200 {"messages":[{"room":"lobby","id":"0199a1c4-7f3e-7c21-9f6a-000000000001","seq":1,"rev":1,"text":"Before it was encrypted."}],"head":1,"more":false}
old > {"type":"react","room":"lobby","id":"0199a1c4-7f3e-7c21-9f6a-000000000001","emoji":"👍","on":true}
old < {"type":"message","message":{"room":"lobby","id":"0199a1c4-7f3e-7c21-9f6a-000000000001","seq":1,"rev":2}}
old > {"type":"delete","room":"lobby","id":"0199a1c4-7f3e-7c21-9f6a-000000000001"}
old < {"type":"message","message":{"room":"lobby","id":"0199a1c4-7f3e-7c21-9f6a-000000000001","seq":1,"rev":3}}
`

// TestOldClientInAnEncryptedRoom checks that the plain texts of an old client come neither into an encrypted room nor onto the relay's
// disk.
func TestOldClientInAnEncryptedRoom(t *testing.T) {
	s := newStage(t, "")
	for line := range strings.Lines(oldClient) {
		if _, err := s.play(strings.TrimSuffix(line, "\n")); err != nil {
			t.Fatalf("%s%v", line, err)
		}
	}
	if relaytest.StandsIn() {
		return // three relays on PostgreSQL have no database file to search
	}
	read := 0
	err := filepath.WalkDir(filepath.Dir(s.relay.Database), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasPrefix(path, s.relay.Database) {
			return err
		}
		content, err := os.ReadFile(path)
		if strings.Contains(string(content), "In the clear.") {
			t.Errorf("%s has a text that was sent in the clear", path)
		}
		read++
		return err
	})
	if err != nil || read < 2 {
		t.Errorf("read %d files of the relay, %v", read, err)
	}
}
