package relays

import (
	"testing"

	"hallway/protocol"
	"hallway/test/servers"
)

// TestPgBouncer checks that two relays behind a PgBouncer, in each of its modes, can write to one room at once and get all of its messages.
func TestPgBouncer(t *testing.T) {
	for mode, query := range map[string]string{"session": "", "transaction": "&default_query_exec_mode=cache_describe"} {
		t.Run(mode, func(t *testing.T) {
			w := &world{T: t, database: servers.NewCluster(t), nats: servers.NATS(t)}
			url := w.database.Database(t)
			bouncer := servers.PgBouncer(t, w.database, mode)
			w.start(servers.Through(bouncer, w.database, url)+query, 2, nil)
			ada, bob := w.mustEnter(w.relays[0], "ada", "lobby"), w.mustEnter(w.relays[1], "bob", "lobby")
			const n = 100
			for range n {
				for _, c := range []*client{ada, bob} {
					if err := c.say(message("lobby")); err != nil {
						t.Fatal(err)
					}
				}
				for _, c := range []*client{ada, bob} {
					for range 2 {
						if _, err := await[protocol.Changed](c, patience); err != nil {
							t.Fatal(err)
						}
					}
				}
			}
			var p page
			if status, err := w.get(w.relays[0], w.token("ada"), "/v1/rooms/lobby/messages?limit=500", &p); err != nil || status != 200 || p.Head != 2*n || len(p.Messages) != 2*n {
				t.Errorf("page: %d, %v, head %d, %d messages", status, err, p.Head, len(p.Messages))
			}
			w.relays[0].Kill() // its unfinished transactions must not lock the room
			eve := w.mustEnter(w.relays[1], "eve", "lobby")
			if err := eve.say(message("lobby")); err != nil {
				t.Fatal(err)
			}
			if _, err := await[protocol.Changed](eve, patience); err != nil {
				t.Error(err)
			}
		})
	}
}
