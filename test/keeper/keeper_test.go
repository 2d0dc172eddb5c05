package keeper

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"hallway/component/client"
	"hallway/test/relaytest"
)

const (
	board, hall = "board", "hall" // the rooms
	keeperUser  = "u_keeper"

	hasKey = "the keeper has the key of the room"
)

func TestMain(m *testing.M) {
	if keyFile := os.Getenv(keyVariable); keyFile != "" {
		if err := printCertificate(keyFile); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(relaytest.Main(m))
}

// flags returns the flags of a keeper of the board, with a correct host.
func flags(t *testing.T, relay, issuer, keyFile, dir, role string) []string {
	t.Helper()
	tokenFile := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(tokenFile, []byte(token(t, keeperUser, role)+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return []string{
		"keeper", "--relay", relay, "--rooms", board, "--issuer", issuer, "--dir", dir,
		"--token-command", "cat '" + tokenFile + "'",
		"--certificate-command", keyVariable + "='" + keyFile + "' " + roleVariable + "=" + role + " '" + os.Args[0] + "'",
	}
}

// process is a running keeper.
type process struct {
	*exec.Cmd
	t   *testing.T
	log log
}

func start(t *testing.T, flags []string) *process {
	t.Helper()
	p := &process{Cmd: exec.Command(relaytest.Program(), flags...), t: t, log: log{wrote: make(chan struct{}, 1)}}
	p.Stdout, p.Stderr = &p.log, &p.log
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if p.ProcessState == nil {
			_ = p.Process.Kill()
			_ = p.Wait()
		}
		if t.Failed() {
			t.Logf("the keeper's log:\n%s", p.log.read())
		}
	})
	return p
}

// untilSays waits for words in the keeper's log.
func (p *process) untilSays(words string) {
	p.t.Helper()
	late := time.After(patience)
	for !strings.Contains(p.log.read(), words) {
		select {
		case <-p.log.wrote:
		case <-late:
			p.t.Fatalf("the keeper does not say %q", words)
		}
	}
}

// log collects the output of a process.
type log struct {
	wrote chan struct{} // holds a token when there is more

	mu   sync.Mutex
	text bytes.Buffer
}

func (l *log) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	select {
	case l.wrote <- struct{}{}:
	default:
	}
	return l.text.Write(b)
}

func (l *log) read() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// stop ends the keeper as a supervisor does.
func (p *process) stop() {
	p.t.Helper()
	late := time.AfterFunc(patience, func() { _ = p.Process.Kill() })
	defer late.Stop()
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		p.t.Fatal(err)
	}
	if err := p.Wait(); err != nil {
		p.t.Fatalf("the keeper after SIGTERM: %v", err)
	}
}

// encrypt makes a room end-to-end encrypted.
func encrypt(t *testing.T, relay *relaytest.Relay, room string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPut, relay.URL()+"/v1/rooms/"+room, strings.NewReader(`{"settings":{"e2ee":1}}`))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+token(t, "u_olga", "organizer"))
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	if response.Body.Close() != nil || response.StatusCode >= 300 {
		t.Fatal("the setting e2ee:", response.Status)
	}
}

// TestKeeperLetsPeopleIn checks the main task: a moderator makes the room's key, writes, and leaves for good. A user who joins later can read
// the history only if the keeper is there, also after a restart of the keeper and the relay.
func TestKeeperLetsPeopleIn(t *testing.T) {
	relay, h, dir := relaytest.Start(t), newHost(t), filepath.Join(t.TempDir(), "keys")
	encrypt(t, relay, board)
	command := flags(t, relay.URL(), h.url, h.keyFile, dir, "participant")
	keeper := start(t, command)

	mod := enter(t, relay, h, board, "u_mod", "moderator")
	mod.untilReady()
	texts := []string{"The vote is on Friday.", "Bring the papers."}
	for _, text := range texts {
		if _, err := mod.Send(text); err != nil {
			t.Fatal(err)
		}
	}
	mod.until("being done", func(s client.Snapshot) bool { return len(s.Messages) == len(texts) && len(s.Outbox) == 0 })
	keeper.untilSays(hasKey)
	device := mod.untilKeeper()
	mod.Close()
	keeper.stop()
	checkKept(t, dir)

	late := enter(t, relay, h, board, "u_late", "participant")
	late.until("a key that nobody has", func(s client.Snapshot) bool {
		return s.Status == client.StatusLive && s.Lock.State == client.LockWaiting && len(s.Marks) == len(texts)
	})
	keeper = start(t, command)
	late.untilReady()
	late.untilTexts(texts...)
	if again := late.untilKeeper(); again != device {
		t.Errorf("after its restart the keeper has the device %s, before %s", again, device)
	}
	late.Close()

	relay.Kill()
	relay.Start()
	enter(t, relay, h, board, "u_later", "participant").untilTexts(texts...)
	keeper.stop()
	for _, text := range texts {
		if strings.Contains(keeper.log.read(), text) {
			t.Error("the keeper's log has a text of the room")
		}
	}
}

// TestKeeperOfTwoRooms checks that a keeper of two rooms is one device, also if its folder is new.
func TestKeeperOfTwoRooms(t *testing.T) {
	relay, h := relaytest.Start(t), newHost(t)
	command := flags(t, relay.URL(), h.url, h.keyFile, filepath.Join(t.TempDir(), "keys"), "participant")
	var mods []*person
	for _, room := range []string{board, hall} {
		encrypt(t, relay, room)
		mods = append(mods, enter(t, relay, h, room, "u_mod", "moderator"))
		mods[len(mods)-1].untilReady()
	}
	keeper := start(t, append(command, "--rooms", hall))
	for _, room := range []string{board, hall} {
		keeper.untilSays(hasKey + `","room":"` + room)
	}
	if one, other := mods[0].untilKeeper(), mods[1].untilKeeper(); one != other {
		t.Errorf("the keeper has the device %s in one room and %s in the other", one, other)
	}
}

// TestKeeperThatModerates checks that a keeper with a moderator's role makes the room's first key.
func TestKeeperThatModerates(t *testing.T) {
	relay, h := relaytest.Start(t), newHost(t)
	encrypt(t, relay, board)
	start(t, flags(t, relay.URL(), h.url, h.keyFile, filepath.Join(t.TempDir(), "keys"), "moderator"))
	first := enter(t, relay, h, board, "u_first", "participant")
	first.untilReady()
	if _, err := first.Send("Is anybody here?"); err != nil {
		t.Fatal(err)
	}
	first.untilTexts("Is anybody here?")
}

// TestKeeperWaitsForItsHost checks that a keeper without a token from its host logs the reason, and enters the room once it has a token.
func TestKeeperWaitsForItsHost(t *testing.T) {
	relay, h := relaytest.Start(t), newHost(t)
	encrypt(t, relay, board)
	later := filepath.Join(t.TempDir(), "later")
	command := append(flags(t, relay.URL(), h.url, h.keyFile, filepath.Join(t.TempDir(), "keys"), "moderator"), "--token-command", "cat '"+later+"'")
	keeper := start(t, command)
	keeper.untilSays("--token-command fails")
	if err := os.WriteFile(later, []byte(token(t, keeperUser, "moderator")), 0o600); err != nil {
		t.Fatal(err)
	}
	keeper.untilSays(hasKey)
}

// checkKept checks that the keeper has stored its keys, its certificate and the room's turn, and that no other user of the system may read them.
func checkKept(t *testing.T, dir string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 3 {
		t.Fatalf("the folder of the keys: %v, %v", entries, err)
	}
	for _, entry := range entries {
		if info, err := entry.Info(); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", entry.Name(), info.Mode(), err)
		}
	}
}

// TestWrongFlags checks that wrong flags end the keeper with one line and exit code 2.
func TestWrongFlags(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	good := flags(t, "https://chat.example.org", "https://app.example.org/devices.json", file, filepath.Join(t.TempDir(), "keys"), "participant")
	for _, c := range []struct{ flag, value, says string }{
		{"--relay", "chat.example.org", "--relay"},
		{"--relay", "ftp://chat.example.org", "--relay"},
		{"--rooms", "no/room", "--rooms"},
		{"--rooms", "board,board", "twice"},
		{"--issuer", "http://app.example.org/devices.json", "https"},
		{"--issuer", "https://chat.example.org/devices.json", "another host"},
		{"--issuer", "", "--issuer"},
		{"--dir", filepath.Join(file, "keys"), "--dir"},
		{"--token-command", " ", "--token-command"},
		{"--certificate-command", "", "--certificate-command"},
		{"--log-level", "loud", "--log-level"},
		{"--unknown", "1", "--unknown"},
	} {
		var said bytes.Buffer
		keeper := exec.CommandContext(t.Context(), relaytest.Program(), append(good[:len(good):len(good)], c.flag, c.value)...)
		keeper.Stderr = &said
		err := keeper.Run()
		var ended *exec.ExitError
		if !errors.As(err, &ended) || ended.ExitCode() != 2 {
			t.Errorf("%s %q: %v", c.flag, c.value, err)
		}
		if line := said.String(); strings.Count(line, "\n") != 1 || !strings.Contains(line, c.says) {
			t.Errorf("%s %q says %q", c.flag, c.value, line)
		}
	}
	if out, err := exec.CommandContext(t.Context(), relaytest.Program(), "keeper", "--help").Output(); err != nil || !bytes.Contains(out, []byte("--certificate-command")) {
		t.Errorf("the help: %v\n%s", err, out)
	}
}
