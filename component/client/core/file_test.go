package core

import (
	"fmt"
	"testing"

	"hallway/component/client"
)

// loads returns the requests for files and the answers among effects.
func loads(effects []client.Effect) (asked []client.FetchFile, told []client.FileLoaded) {
	for _, e := range effects {
		switch e := e.(type) {
		case client.FetchFile:
			asked = append(asked, e)
		case client.FileLoaded:
			told = append(told, e)
		}
	}
	return asked, told
}

func loadOf(n int) client.LoadFile {
	return client.LoadFile{ID: testUUID(fmt.Sprintf("%d", n)), Size: 320}
}

// TestFilesAreLoadedAFewAtATime checks that the last of the waiting requests goes first, and that no file is loaded twice.
func TestFilesAreLoadedAFewAtATime(t *testing.T) {
	s := newScript(t)
	s.do("start ada")
	var asked []client.FetchFile
	for n := range client.LoadsMax + 3 {
		for range 2 {
			more, _ := loads(s.c.Step(s.now, loadOf(n%10)))
			asked = append(asked, more...)
		}
	}
	if len(asked) != client.LoadsMax {
		t.Fatalf("%d files are loaded at a time, want %d", len(asked), client.LoadsMax)
	}
	more, told := loads(s.c.Step(s.now, client.FileGot{Req: asked[2].Req, URL: "blob:a"}))
	if len(told) != 1 || told[0] != (client.FileLoaded{Of: loadOf(2), URL: "blob:a"}) {
		t.Errorf("told %+v", told)
	}
	if len(more) != 1 || more[0].Of != loadOf(client.LoadsMax+2) {
		t.Errorf("then it requests %+v", more)
	}
	more, told = loads(s.c.Step(s.now, client.RequestFailed{Req: asked[0].Req, Status: 404}))
	if len(told) != 1 || told[0].URL != "" || len(more) != 1 || more[0].Of != loadOf(client.LoadsMax+1) {
		t.Errorf("after a failure it told %+v and requested %+v", told, more)
	}
	if _, told = loads(s.c.Step(s.now, client.FileGot{Req: asked[2].Req, URL: "blob:b"})); len(told) > 0 {
		t.Errorf("a second answer to the same request is told: %+v", told)
	}
}

// TestFilesGetAFreshToken checks that a refused token is replaced and the file requested again.
func TestFilesGetAFreshToken(t *testing.T) {
	s := newScript(t)
	s.do("start ada")
	asked, _ := loads(s.c.Step(s.now, loadOf(1)))
	effects := s.c.Step(s.now, client.RequestFailed{Req: asked[0].Req, Status: 401})
	more, told := loads(effects)
	if len(more)+len(told) > 0 {
		t.Errorf("before the token came it requested %+v and told %+v", more, told)
	}
	more, _ = loads(s.c.Step(s.now, client.TokenGot{Token: testToken("ada")}))
	if len(more) != 1 || more[0].Of != loadOf(1) || more[0].Token != testToken("ada") {
		t.Errorf("with a new token it requested %+v", more)
	}
	_, told = loads(s.c.Step(s.now, client.TokenGot{Token: testToken("bo")}))
	if len(told) != 1 || told[0] != (client.FileLoaded{Of: loadOf(1)}) {
		t.Errorf("another user is told %+v", told)
	}
}
