package relays

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/gobwas/ws"
	"github.com/google/uuid"

	"hallway/protocol"
	clienttest "hallway/relay/relaytest"
	"hallway/test/relaytest"
	"hallway/test/servers"
)

// patience is the longest time that a test waits for something that comes by itself.
const patience = 30 * time.Second

// quiet makes the limits of time strict. Beside other tests their processes delay single acts of the relays.
var quiet = flag.Bool("quiet", false, "nothing else runs on this machine: limits of time are strict, and hold for the slowest of many acts")

// limit returns a limit of time as it is on a quiet machine, and four times that otherwise.
func limit(d time.Duration) time.Duration {
	if *quiet {
		return d
	}
	return 4 * d
}

// inTime fails where acts took longer than a limit: the slowest on a quiet machine, the median otherwise.
func (w *world) inTime(what string, took []time.Duration, limit time.Duration) {
	w.Helper()
	slices.Sort(took)
	median, most := took[len(took)/2], took[len(took)-1]
	w.Logf("%s: median %v, most %v", what, median, most)
	if median > limit || *quiet && most > limit {
		w.Errorf("%s: median %v, most %v, want %v", what, median, most, limit)
	}
}

func TestMain(m *testing.M) { os.Exit(relaytest.Main(m)) }

// world holds the relays on one database and one bus.
type world struct {
	*testing.T
	database *servers.Cluster // nil: the cluster that all tests share
	nats     *servers.Server
	relays   []*relaytest.Relay
}

// newWorld starts relays. They have no limits except those in the flags.
func newWorld(t *testing.T, relays int, flags ...string) *world {
	t.Helper()
	w := &world{T: t, database: servers.NewCluster(t), nats: servers.NATS(t)}
	w.start(w.database.Database(t), relays, flags)
	return w
}

// start starts relays on a database.
func (w *world) start(url string, relays int, flags []string) {
	w.Helper()
	for range relays {
		all := []string{"--nats", "nats://" + w.nats.Addr, "--handshakes-per-second", "0"}
		if len(flags) == 0 {
			flags = []string{"--rate", "0", "--conns-per-user", "0"}
		}
		w.relays = append(w.relays, relaytest.StartOn(w.T, url, append(all, flags...)...))
	}
}

// token returns a user's token for all rooms.
func (w *world) token(user string) string {
	return relaytest.Token(w.T, map[string]any{"sub": user, "name": user, "rooms": []string{"*"}})
}

// client is a connection that has said hello.
type client struct{ *clienttest.Client }

// dial connects a user to a relay.
func (w *world) dial(r *relaytest.Relay, token string) (*client, error) {
	ctx, cancel := context.WithTimeout(w.Context(), patience)
	defer cancel()
	d := ws.Dialer{Protocols: []string{"hallway.v1"}}
	conn, early, _, err := d.Dial(ctx, "ws://"+r.Addr+"/v1/ws")
	if err != nil {
		return nil, err
	}
	if early != nil {
		conn = &earlyConn{conn, io.MultiReader(early, conn)}
	}
	c := &client{clienttest.NewClient(w.T, conn)}
	return c, c.say(protocol.Hello{Token: token})
}

// earlyConn is a connection with some bytes already read.
type earlyConn struct {
	net.Conn
	reader io.Reader
}

func (c *earlyConn) Read(p []byte) (int, error) { return c.reader.Read(p) }

// say sends a frame.
func (c *client) say(f protocol.ClientFrame) error {
	return c.WriteFrame(ws.NewTextFrame(protocol.Encode(f)))
}

// next returns the next frame of the relay.
func (c *client) next() (protocol.RelayFrame, error) {
	op, body, err := c.Next()
	if err != nil {
		return nil, err
	}
	if op != ws.OpText {
		if op == ws.OpClose && len(body) >= 2 {
			return nil, closed(binary.BigEndian.Uint16(body))
		}
		return nil, fmt.Errorf("opcode %d: %q", op, body)
	}
	return protocol.DecodeRelay(body)
}

// closed is the error of a connection that the relay has closed: the close code.
type closed protocol.CloseCode

func (c closed) Error() string { return fmt.Sprint("closed with ", int(c)) }

// await reads up to the next frame of a type.
func await[F protocol.RelayFrame](c *client, within time.Duration) (f F, err error) {
	if err := c.SetReadDeadline(time.Now().Add(within)); err != nil {
		return f, err
	}
	defer func() { _ = c.SetReadDeadline(time.Time{}) }()
	for {
		frame, err := c.next()
		if err != nil {
			return f, fmt.Errorf("waiting for %T: %w", f, err)
		}
		if refused, ok := frame.(protocol.Error); ok {
			if _, wanted := frame.(F); !wanted {
				return f, fmt.Errorf("waiting for %T: refused with %s: %s", f, refused.Code, refused.Message)
			}
		}
		if f, ok := frame.(F); ok {
			return f, nil
		}
	}
}

// enter connects a user to a relay and joins a room.
func (w *world) enter(r *relaytest.Relay, token, room string) (*client, protocol.Joined, error) {
	c, err := w.dial(r, token)
	if err != nil {
		return nil, protocol.Joined{}, err
	}
	if err := c.say(protocol.Join{Room: room}); err != nil {
		return c, protocol.Joined{}, err
	}
	joined, err := await[protocol.Joined](c, patience)
	return c, joined, err
}

// mustEnter is enter, and fails the test on an error.
func (w *world) mustEnter(r *relaytest.Relay, user, room string) *client {
	w.Helper()
	c, _, err := w.enter(r, w.token(user), room)
	if err != nil {
		w.Fatal(err)
	}
	return c
}

// message returns a new message.
func message(room string) protocol.Send {
	return protocol.Send{Room: room, ID: uuid.Must(uuid.NewV7()).String(), Text: "hi"}
}

// get sends a request with the method GET to a relay, and decodes the answer.
func (w *world) get(r *relaytest.Relay, token, path string, into any) (status int, err error) {
	ctx, cancel := context.WithTimeout(w.Context(), patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.URL()+path, nil)
	if err != nil {
		return 0, err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return 0, err
	}
	if err := json.Unmarshal(body, into); err != nil {
		return 0, fmt.Errorf("%s: %w", body, err)
	}
	return resp.StatusCode, nil
}

// page holds the fields of a page that a test uses.
type page struct {
	Head     int64
	More     bool
	Messages []struct {
		ID       string
		Seq, Rev int64
	}
}
