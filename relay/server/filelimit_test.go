package server_test

import (
	"encoding/json"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hallway/files"
	"hallway/files/intake"
	"hallway/files/scan"
	"hallway/files/scan/scantest"
	"hallway/protocol"
	"hallway/relay/hub"
	"hallway/relay/rules"
)

// TestQuotas checks that of many concurrent uploads only as many are accepted as fit, and that refused ones leave no
// bytes.
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

// wantBlobs checks the number of stored blobs.
func (l *live) wantBlobs(t *testing.T, want int) {
	t.Helper()
	n := 0
	err := l.files.Bytes.List(t.Context(), func(files.Blob) error { n++; return nil })
	if err != nil || n != want {
		t.Errorf("%d blobs are stored, want %d: %v", n, want, err)
	}
}

// TestSameUploadTwiceAtOnce checks that both answers name one file, and that the bytes are stored once.
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

// TestFilesThatAreOff checks the refusals of a relay without a place for files.
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

// TestPagesOfOtherOrigins checks that a page of an allowed origin may upload and read, and sees the headers that it
// needs.
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
