package main

import (
	"bytes"
	"os"
	"strconv"
	"strings"
	"testing"

	"hallway/protocol"
	"hallway/test/servers"
)

// erasing runs `hallway erase --user u_2` beside the test.
func erasing(t *testing.T, db string) (result chan [3]any) {
	result = make(chan [3]any, 1)
	cmd := command(t, nil, "erase", "--db", db, "--user", "u_2")
	var out, errOut bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errOut
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = cmd.Wait()
		result <- [3]any{cmd.ProcessState.ExitCode(), out.String(), errOut.String()}
	}()
	return result
}

// TestEraseInChat erases a user from a room while others write: they get the tombstones at revs without a hole, and
// each of their messages is stored once.
func TestEraseInChat(t *testing.T) {
	t.Run("SQLite", func(t *testing.T) { eraseInChat(t, serve(t, "--rate", "0")) })
	t.Run("PostgreSQL", func(t *testing.T) { eraseInChat(t, serveDB(t, servers.PostgreSQL(t), "--rate", "0")) })
}

func eraseInChat(t *testing.T, p *process) {
	const theirs, sent = 450, 100
	p.fill("u_2", 1, theirs)
	gone, observer := p.enter("u_2", "lobby"), p.enter("u_1", "lobby")
	observer.say(protocol.React{Room: "lobby", ID: id(1), Emoji: "👍", On: true})
	head := want[protocol.Changed](observer).Message.Rev

	result := erasing(t, p.db)
	echoes, tombstones := 0, 0
	for next := 0; echoes < sent || tombstones < theirs; {
		if next < sent && (next <= echoes || tombstones > 0) { // most of the sends during the erasure
			observer.say(protocol.Send{Room: "lobby", ID: id(1000 + next), Text: "Message of u_1"})
			next++
		}
		m := want[protocol.Changed](observer).Message
		if head++; m.Rev != head {
			t.Fatalf("rev %d, want %d", m.Rev, head)
		}
		switch {
		case m.Sender.ID == "u_1":
			echoes++
		case m.Deleted() && m.Sender.Name == "" && m.Sender.ID != "u_2" && m.Text == "" && len(m.Reactions) == 0:
			tombstones++
		default:
			t.Fatalf("%+v", m)
		}
	}
	if got := <-result; got != [3]any{0, "messages erased: 450\n", ""} {
		t.Fatalf("erase: %v", got)
	}
	p.wantErased(gone, theirs, sent)
	if out := succeed(t, "erase", "--db", p.db, "--user", "u_2"); out != "messages erased: 0\n" {
		t.Errorf("erased again: %q", out)
	}
	p.stop()
	if out := succeed(t, "check", "--db", p.db); out != "" {
		t.Errorf("check: %s", out)
	}
}

// wantErased fails the test if any trace of u_2 is left in the relay or its files, or if one of the others' messages is
// not there exactly once.
func (p *process) wantErased(gone *client, theirs, sent int) {
	p.t.Helper()
	for {
		f, _ := gone.next()
		if e, ok := f.(protocol.Error); ok {
			if e.Code != protocol.CodeForbidden || e.Why != protocol.WhyRemoved || e.Room != "lobby" {
				p.t.Errorf("the erased hears %+v", e)
			}
			break
		}
	}
	var deleted, stored int
	seen := make(map[string]bool)
	for before := ""; ; {
		page := p.page("lobby", "?limit=500"+before)
		for _, m := range page.Messages {
			if m.Deleted() {
				deleted++
			} else if stored++; m.Sender.ID != "u_1" {
				p.t.Errorf("%+v", m)
			}
			seen[m.ID] = true
		}
		if !page.More {
			break
		}
		before = "&before=" + strconv.FormatInt(page.Messages[0].Seq, 10)
	}
	if deleted != theirs || stored != sent || len(seen) != theirs+sent {
		p.t.Errorf("%d tombstones, %d messages, %d ids", deleted, stored, len(seen))
	}
	if found := p.page("lobby", "?q=u_2").Messages; len(found) > 0 {
		p.t.Errorf("a search finds %+v", found[0])
	}
	if _, _, members := p.rest("GET", "/v1/rooms/lobby/members", token(p.t, "reader", "*"), ""); strings.Contains(string(members), "u_2") {
		p.t.Errorf("members %s", members)
	}
	for _, file := range p.files() {
		content, err := os.ReadFile(file)
		if err != nil || bytes.Contains(content, []byte("u_2")) {
			p.t.Errorf("%s: %v, or u_2 is in it", file, err)
		}
	}
	if strings.Contains(p.printed(), "u_2") {
		p.t.Errorf("a log names a user: %s", p.printed())
	}
}

// files returns the files of the relay's database; none if it is in PostgreSQL.
func (p *process) files() []string {
	if strings.Contains(p.db, "://") {
		return nil
	}
	return []string{p.db, p.db + "-wal"}
}

// TestEraseIsNotForgotten kills a relay during an erasure: the command continues without it, or, if the command was
// interrupted, the next relay does.
func TestEraseIsNotForgotten(t *testing.T) {
	for name, waits := range map[string]bool{"the command": true, "the next relay": false} {
		t.Run(name, func(t *testing.T) {
			const theirs = 450
			p := serve(t, "--rate", "0")
			p.fill("u_2", 1, theirs)
			observer := p.enter("u_1", "lobby")
			cmd := command(t, nil, "erase", "--db", p.db, "--user", "u_2")
			var out, errOut bytes.Buffer
			cmd.Stdout, cmd.Stderr = &out, &errOut
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			if m := want[protocol.Changed](observer).Message; !m.Deleted() {
				t.Fatalf("%+v", m)
			}
			if !waits {
				if err := cmd.Process.Signal(os.Interrupt); err != nil {
					t.Fatal(err)
				}
				if _ = cmd.Wait(); cmd.ProcessState.ExitCode() != exitFailed || !strings.HasSuffix(errOut.String(), "the relay goes on with it\n") {
					t.Fatalf("interrupted: exit code %d, %q", cmd.ProcessState.ExitCode(), &errOut)
				}
			}
			p.kill()
			if waits {
				if err := cmd.Wait(); err != nil || out.String() != "messages erased: 450\n" || errOut.Len() > 0 {
					t.Fatalf("%v, %q, %q", err, &out, &errOut)
				}
			}
			if p = p.again(); !waits {
				p.awaitHead("u_1", 2*theirs)
			}
			for _, m := range p.page("lobby", "?limit=500").Messages {
				if !m.Deleted() || m.Sender.Name != "" {
					t.Fatalf("%+v", m)
				}
			}
			p.stop()
			if out := succeed(t, "check", "--db", p.db); out != "" {
				t.Errorf("check: %s", out)
			}
		})
	}
}

// awaitHead joins the lobby and waits for the change that takes the rev.
func (p *process) awaitHead(sub string, rev int64) {
	p.t.Helper()
	c := p.connect()
	c.say(protocol.Hello{Token: token(p.t, sub, "*"), Client: "test/1"})
	want[protocol.Welcome](c)
	c.say(protocol.Join{Room: "lobby"})
	for head := want[protocol.Joined](c).Head; head < rev; {
		head = want[protocol.Changed](c).Message.Rev
	}
}
