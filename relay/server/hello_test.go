package server_test

import (
	"strings"
	"testing"

	"github.com/gobwas/ws"

	"hallway/protocol"
	"hallway/relay/hub"
	"hallway/relay/relaytest"
)

// TestFramesBeforeHelloAreSmall checks that frames before the welcome are at most as large as a hello; later ones may
// have their full size.
func TestFramesBeforeHelloAreSmall(t *testing.T) {
	l := startLive(t, hub.Config{})
	before := l.connect(t)
	half := ws.MustCompileFrame(ws.MaskFrame(ws.NewTextFrame(make([]byte, protocol.HelloBytesMax+1))))
	if _, err := before.Write(half[:20]); err != nil {
		t.Fatal(err)
	}
	before.WantClose(protocol.CloseTooLarge)

	after := l.connect(t)
	after.Say(protocol.Hello{Token: l.person("ada", protocol.RoleParticipant, "lobby").token})
	relaytest.Hear[protocol.Welcome](after)
	frame := `{"type":"ping","t":1,"x":"` + strings.Repeat("x", protocol.FrameBytesMax-100) + `"}`
	if err := after.WriteFrame(ws.NewTextFrame([]byte(frame))); err != nil {
		t.Fatal(err)
	}
	relaytest.Hear[protocol.Pong](after)
}
