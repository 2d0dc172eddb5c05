package native_test

import (
	"bufio"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"hallway/component/client"
)

// patience bounds every wait; no wait comes near it.
const patience = time.Minute

// person is someone with a client, which may be killed and started again on the
// same folder.
type person struct {
	t       *testing.T
	sub     string
	setting setting
	process *exec.Cmd
	in      io.WriteCloser
	out     *io.PipeWriter
	heard   chan struct{} // closed: all that this life of the client said was taken in
	changed chan struct{} // holds a token when there is something new below

	mu   sync.Mutex
	view view
	safe []string // texts that the client has called safe, over all its lives
}

func startPerson(t *testing.T, r *relay, sub, name, role string) *person {
	p := &person{t: t, sub: sub, changed: make(chan struct{}, 1)}
	p.setting = setting{Relay: r.url(), Token: r.token(sub, name, role), Folder: filepath.Join(t.TempDir(), sub)}
	p.start()
	t.Cleanup(func() { p.quit() })
	return p
}

func (p *person) start() {
	p.t.Helper()
	own, err := json.Marshal(p.setting)
	if err != nil {
		p.t.Fatal(err)
	}
	p.process = exec.Command(os.Args[0])
	p.process.Env = append(os.Environ(), clientVariable+"="+string(own))
	p.process.Stderr = os.Stderr
	if p.in, err = p.process.StdinPipe(); err != nil {
		p.t.Fatal(err)
	}
	var reports io.Reader
	reports, p.out = io.Pipe()
	p.process.Stdout = p.out
	p.heard = make(chan struct{})
	go p.listen(reports, p.heard)
	if err := p.process.Start(); err != nil {
		p.t.Fatal(err)
	}
}

// listen takes in what a life of the client reports.
func (p *person) listen(reports io.Reader, heard chan<- struct{}) {
	defer close(heard)
	lines := bufio.NewReader(reports)
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return
		}
		var r report
		if json.Unmarshal(line, &r) != nil {
			continue // cut short by a kill
		}
		p.mu.Lock()
		if r.View != nil {
			p.view = *r.View
		}
		if r.Safe != "" && !slices.Contains(p.safe, r.Safe) {
			p.safe = append(p.safe, r.Safe)
		}
		p.mu.Unlock()
		select {
		case p.changed <- struct{}{}:
		default:
		}
	}
}

// kill ends the client at once; reload starts it again.
func (p *person) kill() {
	p.t.Helper()
	if err := p.process.Process.Kill(); err != nil {
		p.t.Fatal(err)
	}
	_ = p.wait()
	p.mu.Lock()
	p.view = view{}
	p.mu.Unlock()
}

func (p *person) reload() {
	p.t.Helper()
	p.kill()
	p.start()
}

// quit closes the chat.
func (p *person) quit() {
	p.in.Close()
	late := time.AfterFunc(patience, func() { _ = p.process.Process.Kill() })
	defer late.Stop()
	if err := p.wait(); err != nil {
		p.t.Errorf("the client of %s: %v", p.sub, err)
	}
}

// wait waits for the end of the client and of all that it said.
func (p *person) wait() error {
	err := p.process.Wait()
	p.out.Close()
	<-p.heard
	return err
}

func (p *person) do(c command) {
	p.t.Helper()
	if err := json.NewEncoder(p.in).Encode(c); err != nil {
		p.t.Fatal(err)
	}
}

func (p *person) send(texts ...string) {
	p.t.Helper()
	for _, text := range texts {
		p.do(command{Send: text})
	}
}

// until waits until what the person sees is as described.
func (p *person) until(what string, seen func(view) bool) view {
	p.t.Helper()
	late := time.After(patience)
	for {
		p.mu.Lock()
		v := p.view
		p.mu.Unlock()
		if seen(v) {
			return v
		}
		select {
		case <-p.changed:
		case <-late:
			p.t.Fatalf("%s waits for %s and sees\n%+v", p.sub, what, v)
		}
	}
}

func (p *person) untilLive() {
	p.t.Helper()
	p.until("being live", func(v view) bool { return v.Status == client.StatusLive })
}

func (p *person) untilText(text string) {
	p.t.Helper()
	p.until("the message "+text, func(v view) bool {
		return slices.ContainsFunc(v.Messages, func(m message) bool { return m.Text == text })
	})
}

// untilSafe waits until all these texts are in the client's storage.
func (p *person) untilSafe(texts ...string) {
	p.t.Helper()
	for _, text := range texts {
		p.until("the storage", func(view) bool { return slices.Contains(p.safeTexts(), text) })
	}
}

func (p *person) safeTexts() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.safe)
}

// timeline is all of the room, once the person has nothing more to send.
func (p *person) timeline() []message {
	p.t.Helper()
	for {
		v := p.until("all being sent", func(v view) bool {
			return v.Status == client.StatusLive && v.Loaded && len(v.Outbox) == 0
		})
		if !v.MoreBefore {
			return v.Messages
		}
		p.do(command{Older: true})
		p.until("older messages", func(now view) bool { return len(now.Messages) > len(v.Messages) })
	}
}
