package relays

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/google/uuid"

	"hallway/protocol"
)

// TestLimitsOfOne checks that a user's limits hold over all relays, apart from the milliseconds that news take.
func TestLimitsOfOne(t *testing.T) {
	o := newOne(t, "--rate", "1", "--conns-per-user", "6")
	stored := 0
	ada := o.as("ada", protocol.RoleParticipant)
	began := time.Now()
	for range 30 {
		if o.ask(ada, "POST", "/v1/rooms/lobby/messages", map[string]any{"id": uuid.Must(uuid.NewV7()).String(), "text": "hi"}, nil) == http.StatusCreated {
			stored++
		}
	}
	if most := 4 + int(time.Since(began).Seconds()) + 2; stored > most {
		t.Errorf("%d messages are stored, want %d at most", stored, most)
	}
	for n := range 8 {
		c, _, err := o.world.enter(o.next(), o.as("bob", protocol.RoleParticipant), "lobby")
		if n < 6 && err != nil {
			t.Errorf("connection %d: %v", n, err)
		} else if n >= 6 && err == nil {
			t.Errorf("connection %d is welcome", n)
		}
		if c != nil {
			t.Cleanup(func() { c.Close() })
		}
	}
}

// TestTypingOfOne checks that users at all relays see that another user types.
func TestTypingOfOne(t *testing.T) {
	o := newOne(t)
	a, _ := o.enter(o.as("ada", protocol.RoleParticipant), "lobby")
	for n := range 3 {
		b, _ := o.enter(o.as(fmt.Sprint("bob-", n), protocol.RoleParticipant), "lobby")
		o.settled(b, protocol.Typing{Room: "lobby"})
		if f, err := await[protocol.Typist](a, limit(time.Second)); err != nil || f.User.ID != fmt.Sprint("bob-", n) {
			t.Errorf("%d: %+v, %v", n, f, err)
		}
	}
}

// TestSettingsOfOne checks that every client gets a changed setting once, and no older setting afterwards.
func TestSettingsOfOne(t *testing.T) {
	o := newOne(t)
	head := o.as("head", protocol.RoleOrganizer)
	moderator, _ := o.enter(head, "lobby")
	all := []*client{moderator}
	for i := range 3 {
		c, _ := o.enter(o.as(fmt.Sprint("user-", i), protocol.RoleParticipant), "lobby")
		all = append(all, c)
	}
	for n := range int64(rounds) {
		seconds := n + 1
		o.settled(moderator, protocol.Adjust{Room: "lobby", SlowModeS: &seconds})
		for i, c := range all {
			within := patience
			if i == 0 { // the setting may have come before the pong
				within = time.Second
			}
			f, err := await[protocol.Settings](c, within)
			if i == 0 && err != nil { // the setting came before the pong
				continue
			}
			if err != nil || f.SlowModeS != seconds {
				t.Errorf("round %d: client %d is told %+v, %v", n, i, f, err)
			}
		}
	}
}
