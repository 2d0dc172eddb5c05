package server_test

import (
	"errors"
	"strings"
	"testing"

	"hallway/protocol"
	"hallway/relay/hub"
	"hallway/relay/rules"
)

func TestLogsHoldNoTokenAndNoText(t *testing.T) {
	s := start(t, nil)
	s.backend.post = func(hub.Identity, protocol.Send) (rules.Outcome, error) {
		return rules.Outcome{}, errors.New("store is away")
	}
	s.history.err = errors.New("store is away")
	token := s.token("u1", "*")
	body := `{"id":"0199a1c4-7f3e-7c21-9f6a-2d1f0a3b4c5d","text":"a secret word"}`
	s.ask("POST", "/v1/rooms/lobby/messages", body, "Authorization", "Bearer "+token)
	s.ask("GET", "/v1/rooms/lobby/messages?token="+token, "", "Authorization", "Bearer "+token)
	s.ask("GET", "/"+token, "")
	s.ask("GET", "/v1/ws?token="+token, "")
	s.ask("GET", "/v1/rooms/lobby/messages", "", "Authorization", "Bearer "+token+"x")
	s.end()
	log := s.log.String()
	if strings.Count(log, "msg=request") != 5 {
		t.Errorf("not all requests are logged:\n%s", log)
	}
	for _, part := range append(strings.Split(token, "."), "secret word") {
		if strings.Contains(log, part) {
			t.Errorf("the log holds %q:\n%s", part, log)
		}
	}
}
