package server_test

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"hallway/protocol"
	"hallway/relay/hub"
)

// TestPermissionMatrixOfFiles makes all requests about files, in each state of a file, as its uploader, other users of
// the room, strangers, banned and muted users, and without a token.
func TestPermissionMatrixOfFiles(t *testing.T) {
	l := startLive(t, hub.Config{})
	people := map[string]*person{
		"owner": l.person("owner", protocol.RoleParticipant, "*"), "member": l.person("member", protocol.RoleParticipant, "*"),
		"moderator": l.person("moderator", protocol.RoleModerator, "*"), "organizer": l.person("organizer", protocol.RoleOrganizer, "*"),
		"stranger": l.person("stranger", protocol.RoleOrganizer, "elsewhere"), "banned": l.person("banned", protocol.RoleParticipant, "*"),
		"muted": l.person("muted", protocol.RoleParticipant, "*"), "nobody": {l, ""},
	}
	photo := jpegPicture(t, 400, 300)
	upload := func(n int) { people["owner"].upload(201, n, "a.jpg", photo) }
	body := func(n int) string { return `{"id":"` + fileID(n) + `","files":["` + fileID(n) + `"]}` }
	upload(1)
	upload(2)
	people["owner"].do(201, "POST", messagesPath, body(2))
	upload(3)
	people["owner"].do(201, "POST", messagesPath, body(3))
	people["owner"].do(200, "DELETE", messagesPath+"/"+fileID(3), "")
	for _, sanction := range []string{"banned/ban", "muted/mute"} {
		people["organizer"].do(200, "PUT", "/v1/rooms/lobby/members/"+sanction, `{}`)
	}
	inRoom := []string{"owner", "member", "moderator", "organizer", "muted"}
	states := []struct {
		name    string
		n       int
		readers []string
	}{{"unused", 1, []string{"owner"}}, {"sent", 2, inRoom}, {"deleted", 3, nil}, {"never there", 4, nil}}
	for who, p := range people {
		for _, state := range states {
			want := 404
			switch {
			case who == "nobody":
				want = 401
			case who == "stranger" || who == "banned":
				want = 403
			case strings.Contains(" "+strings.Join(state.readers, " ")+" ", " "+who+" "):
				want = 200
			}
			for _, ask := range []string{"GET ", "HEAD ", "GET ?size=320", "GET ?size=1280", "POST /link"} {
				method, rest, _ := strings.Cut(ask, " ")
				if r := l.site.ask(method, filePath(state.n)+rest, "", authorization(p)...); r.StatusCode != want {
					t.Errorf("%s, %s: %s answers %d, want %d", who, state.name, ask, r.StatusCode, want)
				}
			}
		}
	}
	n := 0
	for setting, allowed := range map[string]string{
		`{"files":"all"}`: "owner member moderator organizer", `{"files":"staff"}`: "moderator organizer", `{"files":"off"}`: "",
		`{"frozen":true}`: "organizer", `{"archived":true}`: "",
	} {
		people["organizer"].do(200, "PUT", "/v1/rooms/lobby", `{"settings":`+setting+`}`)
		for who, p := range people {
			n++
			want := 403
			switch {
			case who == "nobody":
				want = 401
			case strings.Contains(" "+allowed+" ", " "+who+" "):
				want = 201
			}
			if r := l.site.ask("PUT", filePath(1000+n)+"?name=a", "hello", authorization(p)...); r.StatusCode != want {
				t.Errorf("%s, %s: an upload answers %d, want %d: %s", who, setting, r.StatusCode, want, r.body)
			}
			if want == 201 { // but not another user's file
				want = 404
			}
			ask := fmt.Sprintf(`{"id":%q,"files":[%q]}`, fileID(2000+n), fileID(1))
			if r := l.site.ask("POST", messagesPath, ask, authorization(p)...); who != "owner" && r.StatusCode != want {
				t.Errorf("%s, %s: a send with another's file answers %d, want %d: %s", who, setting, r.StatusCode, want, r.body)
			}
		}
	}
}

func authorization(p *person) []string {
	if p.token == "" {
		return nil
	}
	return []string{"Authorization", "Bearer " + p.token}
}

// TestUploadsOfAnyKind sends uploads with random heads, names, lengths and bodies: none causes an internal error,
// accepted bytes come back unchanged, refused ones are not stored, and the connection's next request is not taken for a
// body.
func TestUploadsOfAnyKind(t *testing.T) {
	l := startLive(t, hub.Config{})
	ada := l.person("ada", protocol.RoleParticipant, "*")
	next := 0
	rapid.Check(t, func(rt *rapid.T) {
		next++
		body := rapid.StringN(0, 60, 200).Draw(rt, "body")
		length := rapid.OneOf(rapid.Just(fmt.Sprint(len(body))), rapid.SampledFrom([]string{
			"", "0", "+5", "-1", "5, 5", "0x5", "05", " 5", "5 ", "26214401", "18446744073709551616", "5\r\nContent-Length: 6",
		})).Draw(rt, "length")
		name := rapid.OneOf(rapid.StringMatching(`[a-z%.&=;#? ]{0,12}`), rapid.SampledFrom([]string{
			"a", "..%2f..%2fx", "%2e%2e%5cx", "a%00b", "a%0d%0aX:y", "%c0%af", "a/../../b", "%", "C:%5cx", "%e2%80%ae", "~", "nul",
		})).Draw(rt, "name")
		more := rapid.SampledFrom([]string{
			"", "Transfer-Encoding: chunked\r\n", "Expect: 100-continue\r\n", "Content-Encoding: gzip\r\n", "Content-Type: text/html\r\n",
			"Hallway-Upload: 7\r\n", "Content-Range: bytes 0-4/5\r\n", "X-HTTP-Method-Override: DELETE\r\n", "Connection: Content-Length\r\n", "Content-Length : 3\r\n",
		}).Draw(rt, "more")
		head := "PUT " + filePath(next) + "?name=" + name + " HTTP/1.1\r\nHost: relay\r\nAuthorization: Bearer " + ada.token + "\r\n" + more
		if length != "" {
			head += "Content-Length: " + length + "\r\n"
		}
		statuses := ada.raw(t, head+"\r\n"+body, "GET /healthz HTTP/1.1\r\nHost: relay\r\n\r\n")
		if len(statuses) == 0 || len(statuses) > 3 {
			rt.Fatalf("answered with %v", statuses)
		}
		statuses = slices.DeleteFunc(statuses, func(status int) bool { return status == 100 })
		taken := false
		for i, status := range statuses {
			taken = taken || status == 201
			if status >= 500 && status != 501 || i > 0 && status == 201 { // 501: a body without a length is another request
				rt.Fatalf("answered with %v", statuses)
			}
		}
		r := l.site.ask("GET", filePath(next), "", authorization(ada)...)
		if taken && (r.StatusCode != 200 || !strings.HasPrefix(body+"GET /healthz", r.body)) || !taken && r.StatusCode != 404 {
			rt.Fatalf("answered with %v, and then %d %q", statuses, r.StatusCode, r.body)
		}
		if disposition := r.Header.Get("Content-Disposition"); strings.ContainsAny(disposition, "\r\n/\\") {
			rt.Fatalf("the name comes back as %q", disposition)
		}
	})
}

// TestPolyglots checks that a picture that is also a file of another type comes back as only a picture.
func TestPolyglots(t *testing.T) {
	ada := startLive(t, hub.Config{}).person("ada", protocol.RoleParticipant, "*")
	const script, archive = "<script>alert(1)</script>", "PK\x03\x04archive PK\x05\x06"
	png, jpeg := pngPicture(t, 2, 2), jpegPicture(t, 2, 2)
	chunk := func(kind, body string) string {
		return string([]byte{0, 0, byte(len(body) >> 8), byte(len(body))}) + kind + body +
			string(binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE([]byte(kind+body))))
	}
	comment := "\xff\xfe" + string([]byte{0, byte(len(script) + 2)}) + script
	for i, content := range []string{
		png + archive, jpeg + archive, png + script, jpeg + script,
		jpeg[:2] + comment + jpeg[2:],
		jpeg[:2] + "\xff\xe1\x00\x25http://ns.adobe.com/xap/1.0/" + "\x00" + script[:6] + jpeg[2:],
		png[:33] + chunk("tEXt", "a\x00"+script) + png[33:], png[:33] + chunk("iTXt", "a\x00\x00\x00\x00\x00"+script) + png[33:], png[:33] + chunk("zzZz", archive+script) + png[33:],
	} {
		ada.do(201, "PUT", filePath(i+1)+"?name=a.html", content)
		r := ada.do(200, "GET", filePath(i+1), "")
		if kind := r.Header.Get("Content-Type"); kind != "image/png" && kind != "image/jpeg" {
			t.Errorf("%d is served as %s", i, kind)
		}
		if strings.Contains(r.body, script[:6]) || strings.Contains(r.body, "PK\x03\x04") {
			t.Errorf("%d still has what was in it: %q", i, r.body)
		}
	}
}
