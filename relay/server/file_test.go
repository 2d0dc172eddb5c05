package server_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hallway/files"
	"hallway/files/disk"
	"hallway/files/intake"
	"hallway/files/scan"
	"hallway/files/scan/scantest"
	"hallway/protocol"
	"hallway/relay/hub"
	"hallway/relay/rules"
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

// do makes a request with the person's token, and wants an answer of the status.
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

// refused wants a request to be refused with a code and a cause.
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

// TestWhoMayReadAndWriteFiles: nobody reads a file before it is in a message but who has uploaded it, then whoever may read
// the room; nobody else can take it, or an id of it.
func TestWhoMayReadAndWriteFiles(t *testing.T) {
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

// TestNoMarkupIsServed: what a browser could run comes as bytes to download, whatever it is called.
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

// raw writes a request to a connection of its own, and returns the answers' statuses until the connection ends.
func (p *person) raw(t *testing.T, parts ...string) (statuses []int) {
	t.Helper()
	conn, err := net.Dial("tcp", p.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	for _, part := range parts {
		if _, err := io.WriteString(conn, part); err != nil {
			break
		}
	}
	_ = conn.(*net.TCPConn).CloseWrite()
	for r := bufio.NewReader(conn); ; {
		res, err := http.ReadResponse(r, nil)
		if err != nil {
			return statuses
		}
		if _, err := io.Copy(io.Discard, res.Body); err != nil {
			t.Errorf("the answer %d is cut off: %v", res.StatusCode, err)
		}
		statuses = append(statuses, res.StatusCode)
	}
}

func (p *person) head(n int, header string) string {
	return "PUT " + filePath(n) + "?name=a HTTP/1.1\r\nHost: relay\r\nAuthorization: Bearer " + p.token + "\r\n" + header + "\r\n\r\n"
}

// TestLengthsOfUploads: a body that is too short, too long, or of no length; requests behind a body.
func TestLengthsOfUploads(t *testing.T) {
	l := startLive(t, hub.Config{})
	ada, eve := l.person("ada", protocol.RoleParticipant, "*"), l.person("eve", protocol.RoleParticipant, "other")
	ping := "GET /healthz HTTP/1.1\r\nHost: relay\r\n\r\n"
	large := strings.Repeat("x", 1<<20)
	for _, c := range []struct {
		name  string
		parts []string
		want  []int
	}{
		{"two uploads and a request on a connection", []string{ada.head(1, "Content-Length: 5") + "hello" + ada.head(2, "content-length:   1048576") + large + ping}, []int{201, 201, 200}},
		{"byte by byte", strings.SplitAfter(ada.head(3, "Content-Length: 5")+"hello"+ping, ""), []int{201, 200}},
		{"nothing", []string{ada.head(4, "Content-Length: 0") + ping}, []int{201, 200}},
		{"another form of the target", []string{strings.Replace(ada.head(12, "Content-Length: 1048576"), "PUT ", "PUT http://relay", 1) + large + ping}, []int{201, 200}},
		{"a byte too few", []string{ada.head(5, "Content-Length: 6") + "hello"}, []int{400}},
		{"half of much", []string{ada.head(5, "Content-Length: 2097152") + large}, []int{400}},
		{"more than announced", []string{ada.head(6, "Content-Length: 4") + "hell\r\n\r\no /"}, []int{201, 400}},
		{"no length", []string{ada.head(7, "X: y") + ping}, []int{400, 200}},
		{"chunks", []string{ada.head(7, "Transfer-Encoding: chunked") + "5\r\nhello\r\n0\r\n\r\n" + ping}, []int{400, 200}},
		{"two lengths", []string{ada.head(7, "Content-Length: 5\r\nContent-Length: 5") + "hello"}, []int{400}},
		{"a negative length", []string{ada.head(7, "Content-Length: -5") + "hello"}, []int{400}},
		{"a length and chunks", []string{ada.head(7, "Content-Length: 5\r\nTransfer-Encoding: chunked") + "hello"}, []int{400}},
		{"too large", []string{ada.head(7, "Content-Length: 26214401"), large}, []int{413}},
		{"far too large", []string{ada.head(7, "Content-Length: 999999999999999999"), large}, []int{413}},
		{"refused before the body", []string{eve.head(8, "Content-Length: 1048576") + large + ping}, []int{403}},
		{"with a hidden length", []string{ada.head(9, "Hallway-Upload: 5") + ping}, []int{400, 200}},
		{"asking before the body", []string{ada.head(10, "Expect: 100-continue\r\nContent-Length: 5") + "hello" + ping}, []int{100, 201, 200}},
		{"an upload elsewhere", []string{strings.Replace(ada.head(11, "Content-Length: 1048576"), "/files/", "/fires/", 1) + large}, []int{413}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := ada.raw(t, c.parts...); fmt.Sprint(got) != fmt.Sprint(c.want) {
				t.Errorf("answered with %v, want %v", got, c.want)
			}
		})
	}
	for n, size := range map[int]int{1: 5, 2: 1 << 20, 3: 5, 4: 0, 6: 4, 10: 5, 12: 1 << 20} {
		if r := ada.do(200, "GET", filePath(n), ""); len(r.body) != size {
			t.Errorf("file %d has %d bytes", n, len(r.body))
		}
	}
	for _, n := range []int{5, 7, 8, 9, 11} {
		ada.refused(protocol.CodeNotFound, "", "GET", filePath(n), "")
	}
}

// TestQuotas: of many uploads at once no more are taken than there is room for, and what was refused leaves nothing.
func TestQuotas(t *testing.T) {
	l := startLive(t, hub.Config{})
	l.files.Limits = rules.FileLimits{User: 5_000}
	ada, bob := l.person("ada", protocol.RoleParticipant, "*"), l.person("bob", protocol.RoleParticipant, "*")
	var work sync.WaitGroup
	var taken, refused atomic.Int64
	for n := range 20 {
		work.Go(func() {
			r := ada.site.ask("PUT", filePath(n+1)+"?name=a", strings.Repeat("x", 1_000), "Authorization", "Bearer "+ada.token)
			switch {
			case r.StatusCode == 201:
				taken.Add(1)
			case r.StatusCode == 403 && strings.Contains(r.body, `"why":"quota"`):
				refused.Add(1)
			default:
				t.Errorf("%d %s", r.StatusCode, r.body)
			}
		})
	}
	work.Wait()
	if taken.Load() != 5 || refused.Load() != 15 {
		t.Errorf("%d were taken, %d refused", taken.Load(), refused.Load())
	}
	bob.upload(201, 50, "a", strings.Repeat("x", 5_000))
	bob.refused(protocol.CodeForbidden, protocol.WhyQuota, "PUT", filePath(51)+"?name=a", "x")
	if stats, err := l.store.FileStats(t.Context()); err != nil || stats != (rules.FileStats{Files: 6, Bytes: 10_000, Unused: 6}) {
		t.Errorf("%+v, %v", stats, err)
	}
	l.wantBlobs(t, 6)
}

// wantBlobs wants so many blobs to be stored.
func (l *live) wantBlobs(t *testing.T, want int) {
	t.Helper()
	n := 0
	err := l.files.Bytes.List(t.Context(), func(files.Blob) error { n++; return nil })
	if err != nil || n != want {
		t.Errorf("%d blobs are stored, want %d: %v", n, want, err)
	}
}

// TestSameUploadTwiceAtOnce: both answers tell of one file, and the bytes are stored once.
func TestSameUploadTwiceAtOnce(t *testing.T) {
	l := startLive(t, hub.Config{})
	ada := l.person("ada", protocol.RoleParticipant, "*")
	var work sync.WaitGroup
	var created atomic.Int64
	for range 8 {
		work.Go(func() {
			r := ada.site.ask("PUT", filePath(1)+"?name=a.png", pngPicture(t, 400, 400), "Authorization", "Bearer "+ada.token)
			if r.StatusCode == 201 {
				created.Add(1)
			} else if r.StatusCode != 200 {
				t.Errorf("%d %s", r.StatusCode, r.body)
			}
		})
	}
	work.Wait()
	if created.Load() != 1 {
		t.Errorf("%d answers say that it was created", created.Load())
	}
	l.wantBlobs(t, 2)
}

func TestLinks(t *testing.T) {
	l := startLive(t, hub.Config{})
	ada, bob := l.person("ada", protocol.RoleParticipant, "*"), l.person("bob", protocol.RoleParticipant, "*")
	org := l.person("org", protocol.RoleOrganizer, "*")
	ada.upload(201, 1, "a.txt", "hello")
	ada.upload(201, 2, "b.txt", "other")
	ada.ask(201, "POST", messagesPath, `{"id":"`+fileID(1)+`","files":["`+fileID(1)+`","`+fileID(2)+`"]}`)
	link := func(p *person) string {
		t.Helper()
		r := p.do(200, "POST", filePath(1)+"/link", "")
		p.check(t, "POST", filePath(1)+"/link", "", r)
		var doc struct {
			URL       string    `json:"url"`
			ExpiresAt time.Time `json:"expires_at"`
		}
		if err := json.Unmarshal([]byte(r.body), &doc); err != nil {
			t.Fatal(err)
		}
		if left := time.Until(doc.ExpiresAt); left < 9*time.Minute || left > 10*time.Minute {
			t.Errorf("it is good for %v", left)
		}
		path, ok := strings.CutPrefix(doc.URL, "http://"+l.addr)
		if !ok || strings.Contains(doc.URL, "ada") {
			t.Errorf("the URL is %s", doc.URL)
		}
		return path
	}
	path := link(ada)
	r := l.site.ask("GET", path, "")
	if r.StatusCode != 200 || r.body != "hello" || r.Header.Get("Cache-Control") != "no-store" || r.Header.Get("Referrer-Policy") != "no-referrer" ||
		r.Header.Get("Content-Disposition") != `attachment; filename="a.txt"` || r.Header.Get("Content-Security-Policy") != "sandbox; default-src 'none'" {
		t.Errorf("by the link: %d %q %v", r.StatusCode, r.body, r.Header)
	}
	if r := l.site.ask("GET", path, "", "Range", "bytes=1-2"); r.StatusCode != 206 || r.body != "el" {
		t.Errorf("a range by the link: %d %q", r.StatusCode, r.body)
	}
	for name, bad := range map[string]string{
		"cut off": path[:len(path)-3], "of another file": strings.Replace(path, fileID(1), fileID(2), 1), "of another room": strings.Replace(path, "lobby", "other", 1),
		"changed": strings.Replace(path, "?link=", "?link=A", 1), "empty": filePath(1) + "?link=", "nonsense": filePath(1) + "?link=..%2f..",
	} {
		if r := l.site.ask("GET", bad, ""); r.StatusCode != 401 && r.StatusCode != 400 {
			t.Errorf("a link that is %s: %d", name, r.StatusCode)
		}
	}
	if r := l.site.ask("PUT", path+"&name=a.txt", "hello"); r.StatusCode != 401 {
		t.Errorf("an upload by a link: %d", r.StatusCode)
	}
	of := link(bob)
	org.do(200, "PUT", "/v1/rooms/lobby/members/bob/ban", `{}`)
	if r := l.site.ask("GET", of, ""); r.StatusCode != 403 {
		t.Errorf("a link of a banned user: %d", r.StatusCode)
	}
	bob.refused(protocol.CodeForbidden, protocol.WhyBanned, "POST", filePath(1)+"/link", "")
	ada.ask(200, "DELETE", messagesPath+"/"+fileID(1), "")
	if r := l.site.ask("GET", path, ""); r.StatusCode != 404 {
		t.Errorf("a link to a file that is gone: %d", r.StatusCode)
	}
}

func TestScannedFiles(t *testing.T) {
	l := startLive(t, hub.Config{})
	address := scantest.Clamd(t, 10_000)
	use := func(address string) {
		t.Helper()
		s, err := scan.New(address)
		if err != nil {
			t.Fatal(err)
		}
		l.files.Intake = intake.New(intake.Options{Store: l.files.Bytes, Scanner: s, Temp: t.TempDir()})
	}
	use(address)
	ada := l.person("ada", protocol.RoleParticipant, "*")
	ada.upload(201, 1, "a.txt", "hello")
	ada.refused(protocol.CodeForbidden, protocol.WhyScan, "PUT", filePath(2)+"?name=a.txt", scantest.EICAR)
	ada.refused(protocol.CodeUnavailable, "", "PUT", filePath(2)+"?name=a.txt", strings.Repeat("x", 20_000))
	use("tcp://127.0.0.1:1")
	ada.refused(protocol.CodeUnavailable, "", "PUT", filePath(2)+"?name=a.txt", "hello")
	ada.refused(protocol.CodeNotFound, "", "GET", filePath(2), "")
	l.wantBlobs(t, 1)
}

// TestFilesThatAreOff: a relay without a place for files says so.
func TestFilesThatAreOff(t *testing.T) {
	s := start(t, nil)
	token := "Bearer " + s.token("u1", "*")
	if p := s.wantProblem(s.ask("PUT", filePath(1)+"?name=a", "hello", "Authorization", token), 403, protocol.CodeForbidden); p.Why != protocol.WhyFilesOff {
		t.Errorf("why %q", p.Why)
	}
	s.wantProblem(s.ask("GET", filePath(1), "", "Authorization", token), 404, protocol.CodeNotFound)
	s.wantProblem(s.ask("POST", filePath(1)+"/link", "", "Authorization", token), 404, protocol.CodeNotFound)
	s.wantProblem(s.ask("GET", filePath(1)+"?link=x", ""), 404, protocol.CodeNotFound)
}

// TestPagesOfOtherOrigins: a page of an allowed origin may upload and read, and sees the headers that it needs.
func TestPagesOfOtherOrigins(t *testing.T) {
	ada := startLive(t, hub.Config{}).person("ada", protocol.RoleParticipant, "*")
	const page = "https://app.example.org"
	r := ada.site.ask("OPTIONS", filePath(1)+"?name=a", "", "Origin", page, "Access-Control-Request-Method", "PUT", "Access-Control-Request-Headers", "authorization")
	if r.StatusCode != 204 || !strings.Contains(r.Header.Get("Access-Control-Allow-Methods"), "PUT") {
		t.Errorf("preflight: %d %v", r.StatusCode, r.Header)
	}
	if r := ada.do(201, "PUT", filePath(1)+"?name=a", "hello", "Origin", page); r.Header.Get("Access-Control-Allow-Origin") != page {
		t.Errorf("upload: %v", r.Header)
	}
	if r := ada.do(200, "GET", filePath(1), "", "Origin", page); r.Header.Get("Access-Control-Allow-Origin") != page || !strings.Contains(r.Header.Get("Access-Control-Expose-Headers"), "ETag") {
		t.Errorf("read: %v", r.Header)
	}
	if r := ada.do(200, "GET", filePath(1), "", "Origin", "https://evil.example"); r.Header.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("read from elsewhere: %v", r.Header)
	}
}

// slowReader brings a byte, and then nothing until the test ends.
type slowReader struct {
	ctx  context.Context
	sent bool
}

func (r *slowReader) Read(p []byte) (int, error) {
	if r.sent {
		<-r.ctx.Done()
		return 0, errors.New("enough")
	}
	r.sent = true
	return copy(p, "x"), nil
}

// TestUploadsLeaveSlots: uploads that stand still keep nobody from reading.
func TestUploadsLeaveSlots(t *testing.T) {
	l := startLive(t, hub.Config{})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	for u := range 5 {
		p := l.person(fmt.Sprint("slow", u), protocol.RoleParticipant, "*")
		for n := range 20 {
			req, err := http.NewRequestWithContext(ctx, "PUT", fmt.Sprintf("http://%s%s?name=a", l.addr, filePath(1000*u+n)), &slowReader{ctx: ctx})
			if err != nil {
				t.Fatal(err)
			}
			req.ContentLength = 1_000_000
			req.Header.Set("Authorization", "Bearer "+p.token)
			go func() {
				if res, err := http.DefaultClient.Do(req); err == nil {
					res.Body.Close()
				}
			}()
		}
	}
	ada := l.person("ada", protocol.RoleParticipant, "*")
	for range 20 {
		began := time.Now()
		ada.ask(200, "GET", messagesPath, "")
		if took := time.Since(began); took > 5*time.Second {
			t.Fatalf("a page took %v", took)
		}
	}
	random := make([]byte, 300_000)
	_, _ = rand.Read(random)
	ada.upload(201, 1, "a.bin", string(random))
}
