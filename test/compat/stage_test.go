package compat_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"hallway/test/relaytest"
)

// stage replays the lines of a transcript.
type stage struct {
	t       *testing.T
	record  string           // the program whose answers are recorded; "": compare the answers
	relay   *relaytest.Relay // started by the first line that needs it
	flags   []string
	people  map[string]*person
	answer  string // the status and body of the last answer
	pattern pattern
}

type person struct {
	token string
	socket
}

func newStage(t *testing.T, record string) *stage {
	return &stage{t: t, record: record, people: map[string]*person{}, pattern: newPattern()}
}

// play carries out one line, and returns the line that a recording gets.
func (s *stage) play(line string) (string, error) {
	who, rest, _ := strings.Cut(line, " ")
	switch {
	case line == "" || who == "#":
		return line, nil
	case who == "flags":
		s.flags = strings.Fields(rest)
		return line, nil
	case who == "person":
		return line, s.introduce(rest)
	case line == "relay drains":
		s.relay.Drain()
		return line, nil
	case who == "=":
		return s.compare("= ", rest, s.answer)
	}
	p := s.people[who]
	if p == nil {
		return "", errors.New("nobody of this name was introduced")
	}
	verb, rest, _ := strings.Cut(rest, " ")
	switch verb {
	case "connects":
		return line, p.connect(s.started().Addr, strings.TrimPrefix(rest, "offering "))
	case ">":
		return line, p.write(strings.ReplaceAll(rest, "<token>", p.token))
	case "<":
		got, err := p.read()
		if err != nil {
			return "", err
		}
		return s.compare(who+" < ", rest, got)
	case "asks":
		return line, s.askForSocket(strings.TrimPrefix(rest, "for the socket "))
	}
	return line, s.request(p, verb, rest)
}

// started returns the relay. The first call starts it.
func (s *stage) started() *relaytest.Relay {
	if s.relay == nil {
		if s.record != "" {
			s.relay = relaytest.StartProgram(s.t, s.record, s.flags...)
		} else {
			s.relay = relaytest.Start(s.t, s.flags...)
		}
	}
	return s.relay
}

func (s *stage) introduce(text string) error {
	name, text, _ := strings.Cut(text, " ")
	var claims map[string]any
	if err := json.Unmarshal([]byte(text), &claims); err != nil {
		return err
	}
	p := &person{token: relaytest.Token(s.t, claims)}
	p.t = s.t
	s.people[name] = p
	return nil
}

// compare compares an answer with the transcript, or returns it for the recording.
func (s *stage) compare(before, want, got string) (string, error) {
	if s.record != "" {
		return before + s.pattern.generalize(got), nil
	}
	return before + want, s.pattern.match(want, got)
}

func (s *stage) request(p *person, method, rest string) error {
	path, body, _ := strings.Cut(rest, " ")
	header := http.Header{"Content-Type": {"application/json"}}
	if p.token != "" {
		header.Set("Authorization", "Bearer "+p.token)
	}
	return s.do(method, path, body, header)
}

// askForSocket requests an upgrade, with headers given as JSON.
func (s *stage) askForSocket(headers string) error {
	header := http.Header{
		"Connection": {"Upgrade"}, "Upgrade": {"websocket"},
		"Sec-Websocket-Version": {"13"}, "Sec-Websocket-Key": {"dGhlIHNhbXBsZSBub25jZQ=="},
	}
	var more map[string]string
	if err := json.Unmarshal([]byte(headers), &more); err != nil {
		return err
	}
	for name, value := range more {
		header.Set(name, value)
	}
	return s.do("GET", "/v1/ws", "", header)
}

func (s *stage) do(method, path, body string, header http.Header) error {
	ctx, cancel := context.WithTimeout(s.t.Context(), patience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, "http://"+s.started().Addr+path, strings.NewReader(body))
	if err != nil {
		return err
	}
	request.Header = header
	request.Close = true // behind a balancer the next request may go to another relay
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode == http.StatusSwitchingProtocols {
		return errors.New("the socket was opened")
	}
	answer, err := io.ReadAll(response.Body)
	s.answer = fmt.Sprintf("%d %s", response.StatusCode, answer)
	return err
}

// deadline returns the time when a read that begins now must have ended.
func deadline() time.Time { return time.Now().Add(patience) }
