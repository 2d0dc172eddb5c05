package native

import (
	"database/sql"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	_ "github.com/mattn/go-sqlite3" // the driver "sqlite3"

	"hallway/component/client"
	"hallway/test/relaytest"
)

// seed replays the steps of one run of TestRandomKills:
//
//	go test ./test/native -run TestRandomKills -seed 1234
var seed = flag.Uint64("seed", 0, "the seed of random tests; 0 takes a new one")

// random returns the source of a test's random choices.
func random(t *testing.T) *rand.Rand {
	t.Helper()
	s := *seed
	if s == 0 {
		s = rand.Uint64()
	}
	t.Logf("again: go test ./test/native -run '^%s$' -seed %d", t.Name(), s)
	return rand.New(rand.NewPCG(s, 0))
}

// TestChatOverAKilledRelay checks the main promise. Two people chat, and the relay is killed while both write. They write five more
// messages, one client is killed and starts again, and then the relay starts again. No message may be lost or doubled.
func TestChatOverAKilledRelay(t *testing.T) {
	relay := startRelay(t)
	ada := Start(t, relay.URL(), "u_ada", "Ada", "organizer")
	ben := Start(t, relay.URL(), "u_ben", "Ben", "participant")
	ada.UntilLive()
	ben.UntilLive()
	sent := []string{"Doors open at nine.", "Thanks, Ada."}
	ada.Send(sent[0])
	ben.UntilText(sent[0])
	ben.Send(sent[1])
	ada.UntilText(sent[1])

	write := func(p *Person, from, to int) {
		for i := from; i < to; i++ {
			text := p.sub + " " + strconv.Itoa(i)
			p.Send(text)
			sent = append(sent, text)
		}
	}
	write(ada, 0, 20)
	write(ben, 0, 20)
	ben.UntilText("u_ada 3")
	relay.Kill()

	write(ada, 20, 23)
	write(ben, 20, 22)
	ada.untilSafe("u_ada 22")
	ben.untilSafe("u_ben 21")
	ben.reload()
	ben.Until("what it had to send", func(v View) bool { return slices.Contains(v.Outbox, "u_ben 21") })

	relay.Start()
	timeline := sameForAll(t, relay, ada, ben)
	texts := View{Messages: timeline}.Texts()
	slices.Sort(texts)
	slices.Sort(sent)
	if !slices.Equal(texts, sent) {
		t.Errorf("the room holds\n%q\nsent were\n%q", texts, sent)
	}
	inOrder(t, timeline)
}

// TestRandomKills lets two people write while the relay and their clients are killed again and again. A message that a
// client has reported as safe must arrive once; any other may be lost with its client.
func TestRandomKills(t *testing.T) {
	k := &kills{t: t, random: random(t), relay: startRelay(t), sent: map[*Person][]string{}}
	k.people = []*Person{
		Start(t, k.relay.URL(), "u_ada", "Ada", "organizer"),
		Start(t, k.relay.URL(), "u_ben", "Ben", "participant"),
	}
	for range 150 {
		k.step()
	}
	if !k.relay.Running() {
		k.relay.Start()
	}
	for _, p := range k.people {
		p.do(tryNow)
		p.Send(p.sub + " is done")
		p.UntilText(p.sub + " is done")
	}

	timeline := sameForAll(t, k.relay, k.people...)
	t.Logf("%d messages of %d written", len(timeline), k.written)
	inOrder(t, timeline)
	for _, p := range k.people {
		for _, text := range p.safeTexts() {
			if !slices.ContainsFunc(timeline, func(m Message) bool { return m.Sender == p.sub && m.Text == text }) {
				t.Errorf("%q was safe and is lost", text)
			}
		}
	}
}

// kills is the state of TestRandomKills.
type kills struct {
	t       *testing.T
	random  *rand.Rand
	relay   *relaytest.Relay
	people  []*Person
	sent    map[*Person][]string // the texts of this life of the client
	written int
}

// step kills, starts, writes or waits.
func (k *kills) step() {
	p := k.people[k.random.IntN(len(k.people))]
	switch n := k.random.IntN(16); {
	case n == 0:
		p.reload()
		k.sent[p] = nil
	case n <= 2 && k.relay.Running():
		k.relay.Kill()
	case n <= 4 && !k.relay.Running():
		k.relay.Start()
		for _, p := range k.people {
			p.do(tryNow)
		}
	case n <= 8:
		k.await(p)
	default:
		for range 1 + k.random.IntN(5) {
			text := p.sub + " " + strconv.Itoa(k.written)
			p.Send(text)
			k.sent[p] = append(k.sent[p], text)
			k.written++
		}
	}
}

// await waits until one of the person's messages is in the storage or in the room, so that the next kill comes at that moment.
func (k *kills) await(p *Person) {
	sent := k.sent[p]
	if len(sent) == 0 {
		return
	}
	text := sent[k.random.IntN(len(sent))]
	p.untilSafe(text)
	if toRoom := k.random.IntN(2) == 0; toRoom && k.relay.Running() {
		p.Until("the message "+text+" or an empty outbox", func(v View) bool {
			return slices.Contains(v.Texts(), text) || v.Status == client.StatusLive && len(v.Outbox) == 0
		})
	}
}

var tryNow = command{TryNow: true}

func startRelay(t *testing.T) *relaytest.Relay { return relaytest.Start(t, "--rate", "0") }

// sameForAll waits until all messages are sent and returns the room's timeline. It checks that all clients and the database have the same
// timeline, without duplicates.
func sameForAll(t *testing.T, r *relaytest.Relay, people ...*Person) []Message {
	t.Helper()
	for _, p := range people {
		p.timeline()
	}
	stored := stored(t, r.Database)
	for _, p := range people {
		if len(stored) > 0 {
			p.UntilText(stored[len(stored)-1].Text)
		}
		if timeline := p.timeline(); !slices.Equal(timeline, stored) {
			t.Errorf("%s sees\n%s\nthe database holds\n%s", p.sub, lines(timeline), lines(stored))
		}
	}
	texts, ids := map[string]bool{}, map[string]bool{}
	for i, m := range stored {
		if texts[m.Text] || ids[m.ID] || m.Seq != int64(i+1) {
			t.Errorf("not once, or not in its place %d: %+v", i+1, m)
		}
		texts[m.Text], ids[m.ID] = true, true
	}
	return stored
}

// stored returns the room's messages from the database's tables, ascending by seq.
func stored(t *testing.T, database string) (messages []Message) {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+database+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query(`
		SELECT m.seq, m.id, m.sender_id, m.text
		FROM messages AS m JOIN rooms AS r ON r.key = m.room
		WHERE r.name = ? ORDER BY m.seq`, room)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var m Message
		if err := rows.Scan(&m.Seq, &m.ID, &m.Sender, &m.Text); err != nil {
			t.Fatal(err)
		}
		messages = append(messages, m)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return messages
}

// inOrder checks that the messages of each sender are in the order of their numbers, with which the texts end.
func inOrder(t *testing.T, timeline []Message) {
	t.Helper()
	last := map[string]int{}
	for _, m := range timeline {
		_, number, _ := strings.Cut(m.Text, " ")
		n, err := strconv.Atoi(number)
		if err != nil {
			continue
		}
		if before, ok := last[m.Sender]; ok && n < before {
			t.Errorf("%q comes after number %d", m.Text, before)
		}
		last[m.Sender] = n
	}
}

func lines(messages []Message) string {
	var text strings.Builder
	for _, m := range messages {
		fmt.Fprintf(&text, "%5d %s %s: %s\n", m.Seq, m.ID, m.Sender, m.Text)
	}
	return text.String()
}
