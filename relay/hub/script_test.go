package hub_test

import (
	"errors"
	"flag"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"hallway/protocol"
	"hallway/relay/hub"
	"hallway/relay/rules"
)

var update = flag.Bool("update", false, "write what the hub does into the scripts")

// TestScripts plays testdata/*.txt. A line at the margin is an event, the indented lines below it are the hub's
// answers; # begins a comment and $1 stands for an id; for encrypted rooms see aliases. The lines at the margin:
//
//	config rate=2 …     before all else; see configOf
//	ada opens           a connection
//	ada: {…}            a frame arrives; "ada: {…} {…}" several, at once
//	ada heard           a control frame arrives
//	ada gone            the connection has ended
//	post ada {…}        the change of a frame over REST, with the token "ada"
//	post ada drop lobby or configure lobby{"frozen":true}
//	post ada upload lobby/$1, or unregister a device
//	post ada revoke bob, unrevoke bob, or resolve lobby
//	erase ada in lobby  all parts at once; erase ada: the rest
//	commit, fail, lose  the batch under way ends; see world
//	stored              it is carried out; the hub hears of that by commit
//	withdraw k1         the key of tokens with key=k1
//	shared              before all else: other relays write the database
//	elsewhere ada {…}   a change at another relay, whose news are under way
//	hear all            news of others arrive; see world.hear
//	heads               the answer to heads←; see world.heads
//	healed              the answer to since←; healed by one: a page of one message; healed fail
//	bus down, bus up
//	wait 10s
//	drain, close all
func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no scripts", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got, err := play(string(want))
			if err != nil {
				t.Fatal(err)
			}
			if got == string(want) {
				return
			}
			if !*update {
				t.Fatalf("the hub does otherwise; go test ./relay/hub -update, then read the difference\n%s", firstDifference(got, string(want)))
			}
			if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func firstDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			return fmt.Sprintf("line %d\n got %s\nwant %s", i+1, g[i], w[i])
		}
	}
	return fmt.Sprintf("got %d lines, want %d", len(g), len(w))
}

// play returns the script with the hub's real answers.
func play(script string) (string, error) {
	var out strings.Builder
	cfg := hub.Config{}
	var w *world
	for i, line := range strings.Split(strings.TrimSuffix(script, "\n"), "\n") {
		if strings.HasPrefix(line, "\t") {
			continue
		}
		fmt.Fprintln(&out, line)
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
			continue
		case strings.HasPrefix(line, "config "):
			if err := configOf(&cfg, strings.Fields(line)[1:]); err != nil {
				return "", fmt.Errorf("line %d: %w", i+1, err)
			}
			continue
		case w == nil:
			w = newWorld(cfg)
			if line == "shared" {
				w.shared = true
				w.Share(w, w)
				continue
			}
		}
		if err := w.step(w.names.expand(longIDs(line))); err != nil {
			return "", fmt.Errorf("line %d: %w", i+1, err)
		}
		for _, did := range w.out {
			fmt.Fprintf(&out, "\t%s\n", shortIDs(w.names.fold(did)))
		}
		w.out = nil
	}
	return out.String(), nil
}

func configOf(cfg *hub.Config, words []string) error {
	for _, word := range words {
		key, value, _ := strings.Cut(word, "=")
		n, err := strconv.Atoi(value)
		if err != nil {
			return err
		}
		switch key {
		case "rate":
			cfg.Rate = float64(n)
		case "conns":
			cfg.ConnsPerUser = n
		case "places":
			cfg.Conns = n
		case "queue":
			cfg.QueueOps = n
		case "queue-bytes":
			cfg.QueueBytes = n
		case "rooms":
			cfg.Rooms = n
		case "frames":
			cfg.FramesPerSecond = n
		case "handshakes":
			cfg.HandshakesPerSecond = n
		case "text":
			cfg.Limits.TextBytes = int64(n)
		default:
			return fmt.Errorf("no such setting: %s", key)
		}
	}
	return nil
}

func (w *world) step(line string) error {
	word, rest, _ := strings.Cut(line, " ")
	defer w.endSees()
	switch word {
	case "commit", "fail", "lose", "stored":
		if w.batch == nil {
			return errors.New("no batch is under way")
		}
		map[string]func(){"commit": w.commit, "fail": w.fail, "lose": w.lose, "stored": w.storeBatch}[word]()
	case "wait":
		d, err := time.ParseDuration(rest)
		w.wait(d)
		return err
	case "withdraw":
		w.keys[rest].Withdraw()
	case "drain":
		w.Drain(w.now)
	case "close":
		w.CloseAll(w.now)
	case "post":
		return w.post(rest)
	case "erase":
		w.eraseAll(rest)
	default:
		if ok, err := w.peersStep(word, rest); ok {
			return err
		}
		return w.connStep(strings.TrimSuffix(word, ":"), rest)
	}
	return nil
}

func (w *world) connStep(name, what string) error {
	if what == "opens" {
		w.open(name)
		return nil
	}
	c := w.conns[name]
	if c == nil {
		return fmt.Errorf("no connection %q", name)
	}
	switch what {
	case "heard":
		w.Alive(w.now, c.session)
	case "gone":
		w.Closed(w.now, c.session)
	default:
		for _, frame := range framesOf(what) {
			w.Received(w.now, c.session, []byte(frame))
		}
	}
	return nil
}

// framesOf splits "{…} {…}".
func framesOf(line string) []string {
	frames := strings.Split(line, "} {")
	for i := range frames {
		if i > 0 {
			frames[i] = "{" + frames[i]
		}
		if i < len(frames)-1 {
			frames[i] += "}"
		}
	}
	return frames
}

// post takes a change over REST: "ada {…}" by a frame, "ada drop lobby" or "ada configure lobby" in words.
func (w *world) post(rest string) error {
	token, frame, isFrame := strings.Cut(rest, " {")
	var op rules.Op
	var err error
	if isFrame {
		op, err = opOf(w.now, "{"+frame)
	} else {
		words := strings.Fields(rest)
		op = wordsOp(words[len(words)-2], words[len(words)-1])
		token = strings.Join(words[:len(words)-2], " ")
	}
	if err != nil {
		return err
	}
	who, err := fakeVerifier{}.Verify(w.now, netip.Addr{}, token)
	if err != nil {
		return err
	}
	w.Change(w.now, who, op, func(o rules.Outcome) {
		stored, _ := o.Result.(rules.Stored)
		done, _ := o.Result.(rules.Moderated)
		switch {
		case o.Code != "":
			w.log("answer: %s %s, retry after %v", o.Code, o.Reason, o.RetryAfter)
		case done.Cleared > 0:
			w.log("answer: cleared %d", done.Cleared)
		case isUploaded(o):
			w.log("answer: uploaded")
		case stored.Message.ID == "":
			w.log("answer: done")
		default:
			w.log("answer: new=%v %s", stored.New, stored.Message.Append(nil))
		}
	})
	return nil
}

func isUploaded(o rules.Outcome) bool {
	_, ok := o.Result.(rules.Uploaded)
	return ok
}

// eraseAll erases a user, "ada", in messages, "ada in lobby garden", or everywhere else.
func (w *world) eraseAll(words string) {
	user, rooms, _ := strings.Cut(words, " in ")
	ops := []rules.Op{{Do: rules.Forget{User: user, Pseudonym: "erased-1"}}}
	for i, room := range strings.Fields(rooms) {
		do := rules.Erase{User: user, Pseudonym: "erased-1"}
		for _, m := range w.history(room) {
			if m.Sender.ID == user || strings.Contains(string(m.Append(nil)), `"`+user+`"`) {
				do.Seqs = append(do.Seqs, m.Seq)
			}
		}
		ops = append(ops[:i], rules.Op{Room: room, Do: do})
	}
	w.Erase(w.now, ops, func(i int, o rules.Outcome) { w.log("erased: part %d %s", i+1, o.Code) })
}

// wordsOp returns the op that two words describe.
func wordsOp(word, of string) rules.Op {
	switch word {
	case "revoke", "unrevoke":
		return rules.Op{Do: rules.Revoke{User: of, On: word == "revoke"}}
	case "resolve":
		return rules.Op{Room: of, Do: rules.Resolve{N: 1, State: protocol.ReportResolved}}
	case "upload":
		room, id, _ := strings.Cut(of, "/")
		file := protocol.File{ID: id, Name: "plan.pdf", Type: "application/pdf", Size: 4}
		return rules.Op{Room: room, Do: rules.Upload{File: rules.File{File: file, Blob: "blob-" + id}}}
	case "unregister":
		return rules.Op{Do: rules.Unregister{ID: of}}
	case "drop":
		return rules.Op{Room: of, Do: rules.Drop{}}
	}
	room, settings, _ := strings.Cut(of, "{")
	return rules.Op{Room: room, Do: rules.Configure{Settings: strings.TrimSuffix("{"+settings, "{")}}
}

// opOf returns the op of a frame.
func opOf(now time.Time, frame string) (rules.Op, error) {
	f, err := protocol.DecodeClient([]byte(frame), hub.Config{}.WithDefaults().Limits)
	if err != nil {
		return rules.Op{}, err
	}
	switch f := f.(type) {
	case protocol.Send:
		return rules.Op{Room: f.Room, Do: rules.Send{Send: f}}, nil
	case protocol.Edit:
		return rules.Op{Room: f.Room, Do: rules.Edit{ID: f.ID, Text: f.Text}}, nil
	case protocol.Delete:
		return rules.Op{Room: f.Room, Do: rules.Delete{ID: f.ID}}, nil
	case protocol.React:
		return rules.Op{Room: f.Room, Do: rules.React{ID: f.ID, Emoji: f.Emoji, On: f.On}}, nil
	case protocol.Pin:
		return rules.Op{Room: f.Room, Do: rules.Pin{ID: f.ID, On: f.On}}, nil
	case protocol.Moderate:
		return hub.ModerateOp(now, f), nil
	case protocol.Report:
		return rules.Op{Room: f.Room, Do: rules.Report{ID: f.ID, Reason: f.Reason}}, nil
	case protocol.Adjust:
		return rules.Op{Room: f.Room, Do: rules.Adjust{Adjust: f}}, nil
	}
	return rules.Op{}, errors.New("no change")
}

const idFormat = "00000000-0000-7000-8000-%012d"

var (
	shortID = regexp.MustCompile(`\$(\d+)`)
	longID  = regexp.MustCompile(`00000000-0000-7000-8000-0*(\d+)`)
)

func longIDs(line string) string {
	return shortID.ReplaceAllStringFunc(line, func(s string) string {
		n, _ := strconv.Atoi(s[1:])
		return fmt.Sprintf(idFormat, n)
	})
}

func shortIDs(line string) string { return longID.ReplaceAllString(line, "$$$1") }
