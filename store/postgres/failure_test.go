package postgres

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"hallway/protocol"
	"hallway/relay/rules"
	"hallway/store/storetest"
	"hallway/test/servers"
)

// TestRefusedValue checks that an op with a value that the server refuses fails alone.
func TestRefusedValue(t *testing.T) {
	s := mustOpen(t, Options{hasty: true, URL: servers.Scratch(t)})
	for _, bad := range []string{"a\x00b", "a\xffb"} {
		for round := range 2 { // in an unknown room, and in a known one
			room := fmt.Sprintf("room-%d", bad[1])
			ops := storetest.Sends(room, 100*round, 7)
			do := ops[3].Do.(rules.Send)
			do.Text = bad
			ops[3].Do = do
			out, err := s.Commit(time.Now(), ops)
			if err != nil {
				t.Fatal(err)
			}
			for i, o := range out {
				if stored, ok := o.Result.(rules.Stored); i == 3 && o.Code != protocol.CodeBadRequest || i != 3 && (!ok || !stored.New) {
					t.Errorf("%q, round %d, op %d: %+v", bad, round, i, o)
				}
			}
			if n := len(storetest.Contiguous(t, s, room)); n != 6*(round+1) {
				t.Errorf("%d messages", n)
			}
		}
	}
}

// readyWithin is the time within which sends succeed after the server is up.
const readyWithin = 5 * time.Second

// TestServerKilled kills and restarts the server during writes: acknowledged messages stay, others are sent again and
// stored once.
func TestServerKilled(t *testing.T) {
	cluster := servers.NewCluster(t)
	s := mustOpen(t, Options{URL: cluster.Database(t)})
	const group, kills = 10, 3
	ended := make(chan struct{})
	sent, told := 0, make(map[string]int64)
	var up atomic.Int64 // when the server was up again
	batches := make(chan struct{})
	go func() {
		defer close(ended)
		for range batches {
			ops := storetest.Sends("lobby", sent, group)
			sent += group
			out, err := s.Commit(time.Now(), ops)
			for err != nil {
				<-time.After(10 * time.Millisecond) // as a client does, but sooner
				if at := up.Load(); at != 0 && time.Since(time.Unix(0, at)) > readyWithin {
					t.Errorf("sends fail %v after the server is up: %v", time.Since(time.Unix(0, at)), err)
					return
				}
				out, err = s.Commit(time.Now(), ops)
			}
			for _, o := range out {
				m := o.Result.(rules.Stored).Message
				told[m.ID] = m.Rev
			}
		}
	}()
	next := func() {
		select {
		case batches <- struct{}{}:
		case <-ended:
		}
	}
	for range kills {
		for range 20 {
			next()
		}
		up.Store(0)
		cluster.Kill()
		cluster.Start()
		up.Store(time.Now().UnixNano())
		next()
		next()
	}
	close(batches)
	<-ended
	messages := storetest.Contiguous(t, s, "lobby")
	if len(messages) != sent || len(told) != sent {
		t.Errorf("%d messages, told %d, sent %d", len(messages), len(told), sent)
	}
	for _, m := range messages {
		if told[m.ID] != m.Rev {
			t.Errorf("message %s has rev %d, told was %d", m.ID, m.Rev, told[m.ID])
		}
	}
	if err := s.Ready(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestStandbyIsNotWaitedFor checks that a commit whose wait for the standby was cancelled by an operator is not
// reported as safe.
func TestStandbyIsNotWaitedFor(t *testing.T) {
	cluster := servers.NewCluster(t)
	url := cluster.Database(t)
	s := mustOpen(t, Options{URL: url, idle: true})
	if _, err := s.Commit(time.Now(), storetest.Sends("lobby", 1, 1)); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	exec := func(query string) {
		t.Helper()
		if _, err := conn.Exec(ctx, query); err != nil {
			t.Fatal(err)
		}
	}
	exec(`SET synchronous_commit = local`)
	exec(`ALTER SYSTEM SET synchronous_standby_names = 'standby'`)
	exec(`SELECT pg_reload_conf()`)
	commit := func(ops []rules.Op) (waited bool, err error) {
		result := make(chan error, 1)
		go func() {
			_, err := s.Commit(time.Now(), ops)
			result <- err
		}()
		for {
			select {
			case err := <-result:
				return waited, err
			default:
			}
			const cancel = `SELECT count(pg_cancel_backend(pid)) > 0 FROM pg_stat_activity WHERE wait_event = 'SyncRep'`
			var waits bool
			if err := conn.QueryRow(ctx, cancel).Scan(&waits); err != nil {
				t.Fatal(err)
			}
			waited = waited || waits
		}
	}
	n := 2
	waited, err := commit(storetest.Sends("lobby", n, 1))
	for ; !waited && err == nil; n++ { // the server applies the setting after a while
		waited, err = commit(storetest.Sends("lobby", n+1, 1))
	}
	if err == nil || !waited {
		t.Errorf("a send is told as safe: waited %t, %v", waited, err)
	}
	// The other way to commit.
	if waited, err := commit([]rules.Op{{Room: "lobby", Sender: ada, Do: rules.Open{}}}); err == nil || !waited {
		t.Errorf("a join is told as safe: waited %t, %v", waited, err)
	}
}

// TestLife checks that the rooms get new epochs if the database is not the same as before, and keep them after a
// promotion without loss.
func TestLife(t *testing.T) {
	url := servers.Scratch(t)
	s := mustOpen(t, Options{hasty: true, URL: url, idle: true})
	if _, err := s.Commit(time.Now(), storetest.Sends("lobby", 1, 3)); err != nil {
		t.Fatal(err)
	}
	look := func(lossless bool) (epoch, cluster string) {
		t.Helper()
		s := mustOpen(t, Options{hasty: true, URL: url, Lossless: lossless, idle: true})
		heads, err := s.Heads(t.Context(), []string{"lobby"})
		if err != nil || heads.Rooms[0].Head != 3 {
			t.Fatalf("%+v, %v", heads, err)
		}
		out, err := s.Commit(time.Now(), []rules.Op{{Room: "lobby", Sender: ada, Do: rules.Open{}}})
		page, err2 := s.Page(t.Context(), "lobby", "", rules.Query{Limit: 1})
		if err != nil || err2 != nil || out[0].Epoch != heads.Rooms[0].Epoch || page.Epoch != out[0].Epoch {
			t.Fatalf("epochs %q, %q and %q, %v, %v", heads.Rooms[0].Epoch, out[0].Epoch, page.Epoch, err, err2)
		}
		cluster, err = s.Cluster(t.Context())
		if err != nil || cluster == "" {
			t.Fatal(cluster, err)
		}
		return page.Epoch, cluster
	}
	change := func(column string) {
		t.Helper()
		if _, err := s.readers.Exec(t.Context(), `UPDATE database SET `+column+` = 'another'`); err != nil {
			t.Fatal(err)
		}
	}
	epoch, cluster := look(false)
	for _, c := range []struct {
		column             string
		lossless           bool
		another, anotherDB bool
	}{
		{"", false, false, false},
		{"timeline", false, true, false}, // a standby was promoted
		{"timeline", true, false, false},
		{"system", true, true, true}, // a copy in another server
		{"oid", true, true, true},
	} {
		if c.column != "" {
			change(c.column)
		}
		nextEpoch, nextCluster := look(c.lossless)
		if (nextEpoch != epoch) != c.another || (nextCluster != cluster) != c.anotherDB {
			t.Errorf("%+v: epoch %q after %q, cluster %q after %q", c, nextEpoch, epoch, nextCluster, cluster)
		}
		epoch, cluster = nextEpoch, nextCluster
	}
}

// TestLeastVersion checks that a relay that is too old for the database refuses it, and that a running one reports it.
func TestLeastVersion(t *testing.T) {
	url := servers.Scratch(t)
	s := mustOpen(t, Options{hasty: true, URL: url, idle: true})
	least := func(n int) {
		t.Helper()
		if _, err := s.readers.Exec(t.Context(), `UPDATE database SET least = $1`, n); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.readers.Exec(t.Context(), `INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, true)`); err != nil {
		t.Fatal(err)
	}
	mustOpen(t, Options{hasty: true, URL: url, idle: true}) // newer, but compatible
	least(schema + 1)
	if s, err := Open(t.Context(), Options{hasty: true, URL: url}); err == nil {
		_ = s.Close()
		t.Error("opened, although it needs a newer hallway")
	}
	if err := s.Ready(t.Context()); err == nil {
		t.Error("ready, although the database needs a newer hallway")
	}
}
