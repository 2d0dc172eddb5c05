package native_test

import (
	"bufio"
	"database/sql"
	"encoding/json"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	_ "github.com/mattn/go-sqlite3" // the driver "sqlite3"
)

const (
	room   = "lobby"
	secret = "a secret of the tests, 32 bytes or more"
)

// relay is the real relay on a port and a database that outlive its kills.
type relay struct {
	t        *testing.T
	addr     string
	database string
	process  *exec.Cmd // nil while it is down
}

func startRelay(t *testing.T) *relay {
	r := &relay{t: t, addr: freeAddr(t), database: filepath.Join(t.TempDir(), "hallway.db")}
	t.Cleanup(func() {
		if r.process != nil {
			r.kill()
		}
	})
	r.start()
	return r
}

// freeAddr is an address that nobody uses, below the ports that systems give to
// outgoing connections: else a client that dials while the relay is down might
// be given that very port, and keep it from the relay.
func freeAddr(t *testing.T) string {
	t.Helper()
	for range 100 {
		listener, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(20000+rand.IntN(10000))))
		if err == nil {
			defer listener.Close()
			return listener.Addr().String()
		}
	}
	t.Fatal("no port is free")
	return ""
}

func (r *relay) url() string { return "http://" + r.addr }

// start returns when the relay listens.
func (r *relay) start() {
	r.t.Helper()
	r.process = exec.Command(relayProgram, "serve", "--addr", r.addr, "--db", r.database, "--rate", "0")
	r.process.Env = append(os.Environ(), "HALLWAY_JWT_SECRET="+secret)
	log, err := r.process.StderrPipe()
	if err != nil {
		r.t.Fatal(err)
	}
	if err := r.process.Start(); err != nil {
		r.t.Fatal(err)
	}
	lines := bufio.NewReader(log)
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			r.t.Fatalf("the relay does not start: %s", line)
		}
		var entry struct{ Msg string }
		if json.Unmarshal([]byte(line), &entry) == nil && entry.Msg == "listening" {
			break
		}
	}
	go func() { _, _ = io.Copy(io.Discard, lines) }()
}

// kill ends the relay at once.
func (r *relay) kill() {
	r.t.Helper()
	if err := r.process.Process.Kill(); err != nil {
		r.t.Fatal(err)
	}
	_ = r.process.Wait()
	r.process = nil
}

func (r *relay) token(sub, name, role string) string {
	r.t.Helper()
	cmd := exec.Command(relayProgram, "token", "--sub", sub, "--name", name, "--role", role, "--room", room)
	cmd.Env = append(os.Environ(), "HALLWAY_JWT_SECRET="+secret)
	out, err := cmd.Output()
	if err != nil {
		r.t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

// stored is the room as it stands in the database's tables, ascending by seq.
func (r *relay) stored() []message {
	r.t.Helper()
	db, err := sql.Open("sqlite3", "file:"+r.database+"?mode=ro")
	if err != nil {
		r.t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query(`
		SELECT m.seq, m.id, m.sender_id, m.text
		FROM messages AS m JOIN rooms AS r ON r.key = m.room
		WHERE r.name = ? ORDER BY m.seq`, room)
	if err != nil {
		r.t.Fatal(err)
	}
	defer rows.Close()
	var messages []message
	for rows.Next() {
		var m message
		if err := rows.Scan(&m.Seq, &m.ID, &m.Sender, &m.Text); err != nil {
			r.t.Fatal(err)
		}
		messages = append(messages, m)
	}
	if err := rows.Err(); err != nil {
		r.t.Fatal(err)
	}
	return messages
}
