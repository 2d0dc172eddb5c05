package native_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestChatOverAKilledRelay is the main job: two people chat, the relay is killed
// while both write, five messages are written meanwhile, one client is killed
// and started again in that state, the relay comes back.
func TestChatOverAKilledRelay(t *testing.T) {
	relay := startRelay(t)
	ada := startPerson(t, relay, "u_ada", "Ada", "organizer")
	ben := startPerson(t, relay, "u_ben", "Ben", "participant")
	ada.untilLive()
	ben.untilLive()
	sent := []string{"Doors open at nine.", "Thanks, Ada."}
	ada.send(sent[0])
	ben.untilText(sent[0])
	ben.send(sent[1])
	ada.untilText(sent[1])

	write := func(p *person, from, to int) {
		for i := from; i < to; i++ {
			text := p.sub + " " + strconv.Itoa(i)
			p.send(text)
			sent = append(sent, text)
		}
	}
	write(ada, 0, 20)
	write(ben, 0, 20)
	ben.untilText("u_ada 3")
	relay.kill()

	write(ada, 20, 23)
	write(ben, 20, 22)
	ada.untilSafe("u_ada 22")
	ben.untilSafe("u_ben 21")
	ben.reload()
	ben.until("what it had to send", func(v view) bool { return slices.Contains(v.Outbox, "u_ben 21") })

	relay.start()
	timeline := sameForAll(t, relay, ada, ben)
	var texts []string
	for _, m := range timeline {
		texts = append(texts, m.Text)
	}
	slices.Sort(texts)
	slices.Sort(sent)
	if !slices.Equal(texts, sent) {
		t.Errorf("the room holds\n%q\nsent were\n%q", texts, sent)
	}
	inOrder(t, timeline)
}

// TestRandomKills lets two people write while the relay and their clients are
// killed again and again. What a client has called safe must come, once; what
// it has not may be lost with it.
func TestRandomKills(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))

	relay := startRelay(t)
	people := []*person{
		startPerson(t, relay, "u_ada", "Ada", "organizer"),
		startPerson(t, relay, "u_ben", "Ben", "participant"),
	}
	written := 0
	for range 150 {
		p := people[random.IntN(len(people))]
		switch n := random.IntN(16); {
		case n == 0:
			p.reload()
		case n <= 2 && relay.process != nil:
			relay.kill()
		case n <= 4 && relay.process == nil:
			relay.start()
			for _, p := range people {
				p.do(tryNow)
			}
		case n <= 8:
			// Something passes, so that kills meet every state.
			time.Sleep(time.Duration(random.IntN(100)) * time.Millisecond)
		default:
			for range 1 + random.IntN(5) {
				p.send(p.sub + " " + strconv.Itoa(written))
				written++
			}
		}
	}
	if relay.process == nil {
		relay.start()
	}
	for _, p := range people {
		p.do(tryNow)
		p.send(p.sub + " is done")
		p.untilText(p.sub + " is done")
	}

	timeline := sameForAll(t, relay, people...)
	t.Logf("%d messages of %d written", len(timeline), written)
	inOrder(t, timeline)
	for _, p := range people {
		for _, text := range p.safeTexts() {
			if !slices.ContainsFunc(timeline, func(m message) bool { return m.Sender == p.sub && m.Text == text }) {
				t.Errorf("%q was safe and is lost", text)
			}
		}
	}
}

var tryNow = command{TryNow: true}

// sameForAll is the room's timeline, once everyone has sent everything. It must
// be the same for all and in the database, with nothing twice.
func sameForAll(t *testing.T, r *relay, people ...*person) []message {
	t.Helper()
	for _, p := range people {
		p.timeline()
	}
	stored := r.stored()
	for _, p := range people {
		if len(stored) > 0 {
			p.untilText(stored[len(stored)-1].Text)
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

// inOrder checks that nobody's messages have overtaken each other. A text ends
// in its number.
func inOrder(t *testing.T, timeline []message) {
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

func lines(messages []message) string {
	var text strings.Builder
	for _, m := range messages {
		fmt.Fprintf(&text, "%5d %s %s: %s\n", m.Seq, m.ID, m.Sender, m.Text)
	}
	return text.String()
}
