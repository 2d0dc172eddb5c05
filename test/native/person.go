package native

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
	"hallway/test/relaytest"
)

// patience bounds every wait; no wait comes near it.
const patience = time.Minute

// Person is a user with a client, which can be killed and started again on the same folder.
type Person struct {
	t       *testing.T
	sub     string
	setting setting
	process *exec.Cmd
	in      io.WriteCloser
	out     *io.PipeWriter
	heard   chan struct{} // closed when listen has read all reports of this life of the client
	changed chan struct{} // holds a token when something below has changed

	mu   sync.Mutex
	view View
	safe []string // the texts that the client has reported as safe, over all its lives
}

// Start starts the client of a user. The test's end closes it.
func Start(t *testing.T, relay, sub, name, role string) *Person {
	t.Helper()
	token := relaytest.Token(t, map[string]any{"sub": sub, "name": name, "role": role, "rooms": []string{room}})
	p := &Person{t: t, sub: sub, changed: make(chan struct{}, 1)}
	p.setting = setting{Relay: relay, Token: token, Folder: filepath.Join(t.TempDir(), sub)}
	p.start()
	t.Cleanup(p.quit)
	return p
}

func (p *Person) start() {
	p.t.Helper()
	setting, err := json.Marshal(p.setting)
	if err != nil {
		p.t.Fatal(err)
	}
	p.process = exec.Command(os.Args[0])
	p.process.Env = append(os.Environ(), clientVariable+"="+string(setting))
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

// listen reads the reports of one life of the client.
func (p *Person) listen(reports io.Reader, heard chan<- struct{}) {
	defer close(heard)
	lines := bufio.NewReader(reports)
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return
		}
		var r report
		if json.Unmarshal(line, &r) != nil {
			continue // a kill has cut the line
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

// kill ends the client at once.
func (p *Person) kill() {
	p.t.Helper()
	if err := p.process.Process.Kill(); err != nil {
		p.t.Fatal(err)
	}
	_ = p.wait()
	p.mu.Lock()
	p.view = View{}
	p.mu.Unlock()
}

// reload kills the client and starts it again.
func (p *Person) reload() {
	p.t.Helper()
	p.kill()
	p.start()
}

// quit closes the chat and waits for the client's end.
func (p *Person) quit() {
	p.in.Close()
	late := time.AfterFunc(patience, func() { _ = p.process.Process.Kill() })
	defer late.Stop()
	if err := p.wait(); err != nil {
		p.t.Errorf("the client of %s: %v", p.sub, err)
	}
}

// wait waits for the end of the client and of its reports.
func (p *Person) wait() error {
	err := p.process.Wait()
	p.out.Close()
	<-p.heard
	return err
}

func (p *Person) do(c command) {
	p.t.Helper()
	if err := json.NewEncoder(p.in).Encode(c); err != nil {
		p.t.Fatal(err)
	}
}

// Send sends texts.
func (p *Person) Send(texts ...string) {
	p.t.Helper()
	for _, text := range texts {
		p.do(command{Send: text})
	}
}

// Until waits until the person's view satisfies a condition, and returns the view.
func (p *Person) Until(what string, seen func(View) bool) View {
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

// UntilLive waits until the chat is live.
func (p *Person) UntilLive() {
	p.t.Helper()
	p.Until("being live", func(v View) bool { return v.Status == client.StatusLive })
}

// UntilText waits for a message.
func (p *Person) UntilText(text string) {
	p.t.Helper()
	p.Until("the message "+text, func(v View) bool {
		return slices.ContainsFunc(v.Messages, func(m Message) bool { return m.Text == text })
	})
}

// untilSafe waits until all these texts are in the client's storage.
func (p *Person) untilSafe(texts ...string) {
	p.t.Helper()
	for _, text := range texts {
		p.Until("the storage", func(View) bool { return slices.Contains(p.safeTexts(), text) })
	}
}

func (p *Person) safeTexts() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.safe)
}

// timeline waits until the person has sent everything, and returns all messages of the room.
func (p *Person) timeline() []Message {
	p.t.Helper()
	for {
		v := p.Until("all being sent", func(v View) bool {
			return v.Status == client.StatusLive && v.Loaded && len(v.Outbox) == 0
		})
		if !v.MoreBefore {
			return v.Messages
		}
		p.do(command{Older: true})
		p.Until("older messages", func(now View) bool { return len(now.Messages) > len(v.Messages) })
	}
}
