package server_test

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"strings"
	"sync/atomic"
	"testing"

	"hallway/files/disk"
	"hallway/files/intake"
	"hallway/protocol"
	"hallway/relay/hub"
	"hallway/relay/relaytest"
	"hallway/relay/server"
	"hallway/store/sqlite"
)

// newFiles returns an empty place for files.
func newFiles(t *testing.T, rows *sqlite.Store) *server.Files {
	t.Helper()
	store, err := disk.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	var keys atomic.Int64
	return &server.Files{
		Rows: rows, Bytes: store, NewKey: func() string { return fmt.Sprintf("%08d", keys.Add(1)) },
		Intake: intake.New(intake.Options{Store: store, Temp: t.TempDir()}),
	}
}

const filesPath = "/v1/rooms/lobby/files"

// fileID returns the n-th id of a file.
func fileID(n int) string { return fmt.Sprintf("0199a1c4-7f3e-7c21-9f6a-%012x", n) }

func filePath(n int) string { return filesPath + "/" + fileID(n) }

// do makes a request with the person's token, and checks the status of the answer.
func (p *person) do(status int, method, path, body string, header ...string) response {
	p.t.Helper()
	r := p.site.ask(method, path, body, append(header, "Authorization", "Bearer "+p.token)...)
	if r.StatusCode != status {
		p.t.Errorf("%s %s: %d, want %d: %.300s", method, path, r.StatusCode, status, r.body)
	}
	return r
}

// upload uploads the n-th file.
func (p *person) upload(status, n int, name, content string) string {
	p.t.Helper()
	r := p.do(status, "PUT", filePath(n)+"?name="+strings.ReplaceAll(name, " ", "%20"), content)
	if err := p.answer(p.t, "PUT", filePath(n)+"?name=x", "", r); err != nil && r.StatusCode >= 300 {
		p.t.Error(err)
	}
	return r.body
}

// refused makes a request that must be refused with a code and a cause.
func (p *person) refused(code protocol.Code, why protocol.Why, method, path, body string, header ...string) {
	p.t.Helper()
	r := p.site.ask(method, path, body, append(header, "Authorization", "Bearer "+p.token)...)
	if problem := p.wantProblem(r, code.HTTPStatus(), code); problem.Why != why {
		p.t.Errorf("%s %s: why %q, want %q", method, path, problem.Why, why)
	}
}

func pngPicture(t *testing.T, w, h int) string {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewRGBA(image.Rect(0, 0, w, h))); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func jpegPicture(t *testing.T, w, h int) string {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, w, h)), nil); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestFilesComeBack(t *testing.T) {
	l := startLive(t, hub.Config{})
	ada := l.person("ada", protocol.RoleParticipant, "*")
	photo := jpegPicture(t, 1600, 1200)
	want := fmt.Sprintf(`{"id":"%s","name":"plän 1.jpg","type":"image/jpeg","size":%d,"width":1600,"height":1200}`, fileID(1), len(photo))
	for _, status := range []int{201, 200} {
		if got := ada.upload(status, 1, "plän 1.jpg", photo); got != want {
			t.Errorf("uploaded: %s, want %s", got, want)
		}
	}
	r := ada.do(200, "GET", filePath(1), "")
	for name, want := range map[string]string{
		"Content-Type": "image/jpeg", "X-Content-Type-Options": "nosniff", "Cache-Control": "private, max-age=31536000, immutable",
		"Content-Security-Policy": "sandbox; default-src 'none'", "Cross-Origin-Resource-Policy": "cross-origin", "Accept-Ranges": "bytes",
		"Content-Disposition": `inline; filename="pl_n 1.jpg"; filename*=UTF-8''pl%C3%A4n%201.jpg`, "Content-Length": fmt.Sprint(len(photo)),
	} {
		if got := r.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	tag := r.Header.Get("ETag")
	if r.body != photo || tag == "" {
		t.Errorf("%d bytes come back with the tag %q", len(r.body), tag)
	}
	ada.do(304, "GET", filePath(1), "", "If-None-Match", tag)
	ada.do(304, "GET", filePath(1), "", "If-None-Match", `"other", W/`+tag)
	if r := ada.do(200, "HEAD", filePath(1), ""); r.ContentLength != int64(len(photo)) {
		t.Errorf("HEAD: %d bytes", r.ContentLength)
	}
	for header, c := range map[string]struct {
		status, from, to int
	}{
		"bytes=0-9": {206, 0, 10}, "bytes=10-": {206, 10, len(photo)}, "bytes=-7": {206, len(photo) - 7, len(photo)}, "bytes=5-5": {206, 5, 6},
		"bytes=3-999999999": {206, 3, len(photo)}, "bytes=-999999999": {206, 0, len(photo)},
		"bytes=0-1,3-4": {200, 0, len(photo)}, "pages=1-2": {200, 0, len(photo)}, "bytes=9-3": {200, 0, len(photo)}, "bytes=x-": {200, 0, len(photo)},
		"bytes=999999999-": {416, 0, 0}, "bytes=-0": {416, 0, 0},
	} {
		r := ada.do(c.status, "GET", filePath(1), "", "Range", header)
		if c.status != 416 && r.body != photo[c.from:c.to] {
			t.Errorf("%s: %d bytes", header, len(r.body))
		}
		if want := fmt.Sprintf("bytes %d-%d/%d", c.from, c.to-1, len(photo)); c.status == 206 && r.Header.Get("Content-Range") != want {
			t.Errorf("%s: Content-Range %q, want %q", header, r.Header.Get("Content-Range"), want)
		}
	}
	ada.do(206, "GET", filePath(1), "", "Range", "bytes=0-9", "If-Range", tag)
	ada.do(200, "GET", filePath(1), "", "Range", "bytes=0-9", "If-Range", `"other"`)
	for size, side := range map[string]int{"320": 320, "1280": 1280} {
		r := ada.do(200, "GET", filePath(1)+"?size="+size, "")
		config, _, err := image.DecodeConfig(strings.NewReader(r.body))
		if err != nil || config.Width != side || config.Height != side*3/4 || r.Header.Get("ETag") == tag {
			t.Errorf("size %s: %d × %d, %v", size, config.Width, config.Height, err)
		}
	}
	small := pngPicture(t, 20, 10)
	ada.upload(201, 2, "small.png", small)
	if r := ada.do(200, "GET", filePath(2)+"?size=320", ""); r.body != small {
		t.Error("a small picture does not come as it is")
	}
	ada.upload(201, 3, "notes.txt", "hello")
	ada.refused(protocol.CodeNotFound, "", "GET", filePath(3)+"?size=320", "")
	ada.refused(protocol.CodeBadRequest, "", "GET", filePath(1)+"?size=640", "")
	ada.refused(protocol.CodeBadRequest, "", "GET", filePath(1)+"?width=320", "")
	ada.refused(protocol.CodeNotFound, "", "GET", filePath(9), "")
	ada.upload(201, 4, "none.bin", "")
	if r := ada.do(200, "GET", filePath(4), ""); r.body != "" || r.Header.Get("Content-Disposition") != `attachment; filename="none.bin"` {
		t.Errorf("an empty file: %q, %v", r.body, r.Header)
	}
}

// TestFilePermissions checks that only the uploader reads a file before it is in a message, and then every user
// who may read the room; no other user can use the file, or its id.
func TestFilePermissions(t *testing.T) {
	l := startLive(t, hub.Config{})
	ada, bob := l.person("ada", protocol.RoleParticipant, "*"), l.person("bob", protocol.RoleParticipant, "*")
	mod, eve := l.person("mod", protocol.RoleModerator, "*"), l.person("eve", protocol.RoleParticipant, "other")
	org := l.person("org", protocol.RoleOrganizer, "*")
	ada.upload(201, 1, "a.txt", "hello")
	send := func(n int, files string) string { return `{"id":"` + fileID(n) + `","files":[` + files + `]}` }
	one := `"` + fileID(1) + `"`
	for _, p := range []*person{bob, mod, org} {
		p.refused(protocol.CodeNotFound, "", "GET", filePath(1), "")
		p.refused(protocol.CodeNotFound, "", "POST", filePath(1)+"/link", "")
		p.refused(protocol.CodeNotFound, "", "POST", messagesPath, send(50, one))
		p.refused(protocol.CodeConflict, "", "PUT", filePath(1)+"?name=a.txt", "hello")
	}
	ada.refused(protocol.CodeConflict, "", "PUT", filePath(1)+"?name=b.txt", "hello")
	ada.refused(protocol.CodeConflict, "", "PUT", filePath(1)+"?name=a.txt", "other")
	ada.refused(protocol.CodeNotFound, "", "POST", "/v1/rooms/other/messages", send(51, one))
	ada.refused(protocol.CodeNotFound, "", "POST", messagesPath, send(51, `"`+fileID(7)+`"`))
	for _, method := range []string{"GET", "PUT"} {
		eve.refused(protocol.CodeForbidden, "", method, filePath(1)+"?name=a.txt", "hello")
		if r := l.site.ask(method, filePath(1), ""); r.StatusCode != 401 {
			t.Errorf("%s without a token: %d", method, r.StatusCode)
		}
	}
	m := ada.ask(201, "POST", messagesPath, send(1, `{"id":"`+fileID(1)+`","alt":"A greeting"}`))
	if !strings.Contains(m.body, `"text":"a.txt","files":[{"id":"`+fileID(1)+`","name":"a.txt","type":"text/plain","size":5,"alt":"A greeting"}],"auto_text":true`) {
		t.Errorf("sent: %s", m.body)
	}
	ada.ask(200, "POST", messagesPath, send(1, `{"id":"`+fileID(1)+`","alt":"A greeting"}`))
	ada.refused(protocol.CodeConflict, "", "POST", messagesPath, send(1, one))
	ada.refused(protocol.CodeConflict, "", "POST", messagesPath, send(2, one))
	for _, p := range []*person{ada, bob, mod, org} {
		if r := p.do(200, "GET", filePath(1), ""); r.body != "hello" {
			t.Errorf("read %q", r.body)
		}
	}
	eve.refused(protocol.CodeForbidden, "", "GET", filePath(1), "")
	ada.refused(protocol.CodeNotFound, "", "GET", "/v1/rooms/other/files/"+fileID(1), "")
	if m := ada.ask(200, "PATCH", messagesPath+"/"+fileID(1), `{"text":"a.txt"}`); strings.Contains(m.body, "auto_text") || !strings.Contains(m.body, `"files":[`) {
		t.Errorf("edited: %s", m.body)
	}
	if m := ada.ask(200, "DELETE", messagesPath+"/"+fileID(1), ""); strings.Contains(m.body, "files") {
		t.Errorf("deleted: %s", m.body)
	}
	for _, p := range []*person{ada, bob, org} {
		p.refused(protocol.CodeNotFound, "", "GET", filePath(1), "")
	}
	settings := func(s string) { org.ask(200, "PUT", "/v1/rooms/lobby", `{"settings":`+s+`}`) }
	settings(`{"files":"staff"}`)
	ada.refused(protocol.CodeForbidden, protocol.WhyFilesOff, "PUT", filePath(2)+"?name=a.txt", "hello")
	mod.upload(201, 2, "a.txt", "hello")
	settings(`{"files":"off"}`)
	org.refused(protocol.CodeForbidden, protocol.WhyFilesOff, "PUT", filePath(3)+"?name=a.txt", "hello")
	mod.refused(protocol.CodeForbidden, protocol.WhyFilesOff, "POST", messagesPath, send(3, `"`+fileID(2)+`"`))
	settings(`{"file_types":["image/*"]}`)
	ada.refused(protocol.CodeForbidden, protocol.WhyFileType, "PUT", filePath(3)+"?name=a.png", "hello")
	ada.upload(201, 3, "a.txt", pngPicture(t, 2, 2))
	settings(`{}`)
	mod.do(200, "PUT", "/v1/rooms/lobby/members/ada/mute", `{}`)
	ada.refused(protocol.CodeForbidden, protocol.WhyMuted, "PUT", filePath(4)+"?name=a.txt", "hello")
	mod.do(200, "PUT", "/v1/rooms/lobby/members/ada/ban", `{}`)
	ada.refused(protocol.CodeForbidden, protocol.WhyBanned, "PUT", filePath(4)+"?name=a.txt", "hello")
	ada.refused(protocol.CodeForbidden, protocol.WhyBanned, "GET", filePath(3), "")
}

// TestFilesOverWebSocket checks that a send with files reaches the room with them, and is refused as over REST.
func TestFilesOverWebSocket(t *testing.T) {
	l := startLive(t, hub.Config{})
	ada, bob := l.person("ada", protocol.RoleParticipant, "*"), l.person("bob", protocol.RoleParticipant, "*")
	a, b := ada.enter(), bob.enter()
	ada.upload(201, 1, "a.txt", "hello")
	send := protocol.Send{Room: "lobby", ID: fileID(1), Files: []protocol.Attachment{{ID: fileID(1), Alt: "A greeting"}}}
	b.Say(send)
	if e := relaytest.Hear[protocol.Error](b); e.Code != protocol.CodeNotFound || e.ID != send.ID {
		t.Errorf("refused with %+v", e)
	}
	for range 2 { // the second one gets the stored message
		a.Say(send)
		m := relaytest.Hear[protocol.Changed](a).Message
		if m.Text != "a.txt" || !m.AutoText || len(m.Files) != 1 || m.Files[0].Alt != "A greeting" || m.Files[0].Size != 5 {
			t.Errorf("told of %+v", m)
		}
	}
	if m := relaytest.Hear[protocol.Changed](b).Message; len(m.Files) != 1 {
		t.Errorf("told of %+v", m)
	}
	send.ID = fileID(2)
	a.Say(send)
	if e := relaytest.Hear[protocol.Error](a); e.Code != protocol.CodeConflict || e.ID != send.ID {
		t.Errorf("refused with %+v", e)
	}
}

// TestNoMarkupIsServed checks that a file that a browser could run is served as bytes to download, whatever its name.
func TestNoMarkupIsServed(t *testing.T) {
	ada := startLive(t, hub.Config{}).person("ada", protocol.RoleParticipant, "*")
	for i, content := range []string{
		"<!DOCTYPE html><script>alert(1)</script>", "<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", `<?xml version="1.0"?><x/>`, "\xef\xbb\xbf <html>",
		"hello <script>alert(1)</script>", "%PDF-1.7 <script>", strings.Repeat(" ", 5000) + "<html>",
	} {
		ada.upload(201, i+1, "picture.png", content)
		r := ada.do(200, "GET", filePath(i+1), "")
		if kind := r.Header.Get("Content-Type"); kind != "application/octet-stream" && kind != "application/pdf" && kind != "text/plain; charset=utf-8" ||
			!strings.HasPrefix(r.Header.Get("Content-Disposition"), "attachment") || r.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%.30q is served as %s, %s", content, kind, r.Header.Get("Content-Disposition"))
		}
	}
	for _, content := range []string{"GIF89a/*\x00\x00\x00\x00\x00*/=1;alert(1)//", "\x89PNG\r\n\x1a\n<script>", "\xff\xd8\xff\xe0<script>"} {
		ada.refused(protocol.CodeBadRequest, protocol.WhyPicture, "PUT", filePath(90)+"?name=a.gif", content)
	}
	behind := pngPicture(t, 2, 2) + "<script>alert(1)</script>"
	ada.upload(201, 91, "a.html", behind)
	if r := ada.do(200, "GET", filePath(91), ""); r.Header.Get("Content-Type") != "image/png" || strings.Contains(r.body, "script") {
		t.Errorf("served as %s: %q", r.Header.Get("Content-Type"), r.body)
	}
}

func TestNamesAndIDsOfFiles(t *testing.T) {
	ada := startLive(t, hub.Config{}).person("ada", protocol.RoleParticipant, "*")
	for _, query := range []string{
		"", "?", "?name=", "?name=a&name=b", "?name=..%2f..%2fetc%2fpasswd", "?name=a%5cb", "?name=a%00b", "?name=a%0d%0aSet-Cookie:%20x=1", "?name=%ff", "?name=a%c2%85",
		"?name=" + strings.Repeat("a", 201), "?name=" + strings.Repeat("%c3%a4", 101), "?name=a&path=/etc", "?name=%zz",
	} {
		ada.refused(protocol.CodeBadRequest, "", "PUT", filePath(1)+query, "hello")
	}
	for _, id := range []string{"x", "..%2f..%2f" + fileID(1), strings.ToUpper(fileID(0xabc)), fileID(1) + "%00", "%2e%2e"} {
		for _, method := range []string{"GET", "PUT"} {
			if r := ada.site.ask(method, filesPath+"/"+id+"?name=a", "", "Authorization", "Bearer "+ada.token); r.StatusCode != 400 && r.StatusCode != 404 {
				t.Errorf("%s %s: %d", method, id, r.StatusCode)
			}
		}
	}
	for i, c := range []struct{ name, header string }{
		{"..", `filename=".."`}, {"%22%3b%20x%3d.txt", `filename="_; x=.txt"; filename*=UTF-8''%22%3B%20x%3D.txt`}, {"100%25.txt", `filename="100_.txt"; filename*=UTF-8''100%25.txt`},
		{"%f0%9f%91%8b.txt", `filename="_.txt"; filename*=UTF-8''%F0%9F%91%8B.txt`},
	} {
		ada.do(201, "PUT", filePath(i+1)+"?name="+c.name, "hello")
		if r := ada.do(200, "GET", filePath(i+1), ""); r.Header.Get("Content-Disposition") != "attachment; "+c.header {
			t.Errorf("%s: %s", c.name, r.Header.Get("Content-Disposition"))
		}
	}
}
