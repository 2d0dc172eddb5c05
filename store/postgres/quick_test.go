package postgres

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"hallway/relay/rules"
	"hallway/store/storetest"
	"hallway/test/servers"
)

// TestQuick checks that new messages in known rooms take the quick way, and that a room that another relay has changed
// does not.
func TestQuick(t *testing.T) {
	url := servers.Scratch(t)
	s, other := mustOpen(t, Options{hasty: true, URL: url}), mustOpen(t, Options{hasty: true, URL: url})
	commit := func(s *Store, ops []rules.Op) {
		t.Helper()
		out, err := s.Commit(time.Now(), ops)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range out {
			if stored, ok := o.Result.(rules.Stored); !ok || !stored.New {
				t.Fatalf("%+v", o)
			}
		}
	}
	quick := func(ops []rules.Op) bool {
		t.Helper()
		_, done, err := s.quick(t.Context(), s.writer.conn, time.Now(), ops)
		if err != nil {
			t.Fatal(err)
		}
		return done
	}
	commit(s, append(storetest.Sends("lobby", 1, 2), storetest.Sends("stage", 3, 2)...))
	if !quick(append(storetest.Sends("lobby", 5, 2), storetest.Sends("stage", 7, 2)...)) {
		t.Error("known rooms are not taken the quick way")
	}
	commit(other, storetest.Sends("lobby", 9, 1))
	if quick(append(storetest.Sends("stage", 10, 1), storetest.Sends("lobby", 11, 1)...)) {
		t.Error("a room that was changed is taken the quick way")
	}
	commit(s, append(storetest.Sends("stage", 10, 1), storetest.Sends("lobby", 11, 1)...)) // nothing was stored
	for _, room := range []string{"lobby", "stage"} {
		storetest.Contiguous(t, s, room)
	}
}

// TestStatementsUseTheirIndexes checks that the cost of a statement depends only on its result, even if it was planned
// for empty tables.
func TestStatementsUseTheirIndexes(t *testing.T) {
	s := mustOpen(t, Options{hasty: true, URL: servers.Scratch(t), idle: true})
	for query, want := range map[string][]string{
		selectMessages:                 {"messages_id"},
		selectPlaces:                   {"messages_pkey"},
		pageQueries[rules.QueryNewest]: {"Index Scan Backward using messages_pkey"},
		pageQueries[rules.QueryAfter]:  {"Index Scan using messages_pkey"},
		pageQueries[rules.QuerySince]:  {"messages_pkey", "messages_changed"},
		pageQueries[rules.QueryPinned]: {"messages_pinned"},
		aroundQuery:                    {"messages_pkey", "messages_id"},
		searchBlock:                    {"Bitmap Index Scan on search_terms", "messages_pkey"},
		selectHeads:                    {"rooms_name_key"},
		markRead:                       {"members_pkey"},
		selectMentions:                 {"rooms_name_key"},
		updateMessages:                 {"messages_pkey"},
	} {
		conn, err := s.readers.Acquire(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		prepared, err := conn.Conn().Prepare(t.Context(), "planned", query)
		if err != nil {
			t.Fatal(err)
		}
		nulls := strings.TrimSuffix(strings.Repeat("NULL, ", len(prepared.ParamOIDs)), ", ")
		rows, err := conn.Query(t.Context(), `EXPLAIN EXECUTE planned (`+nulls+`)`)
		if err != nil {
			t.Fatal(err)
		}
		var plan strings.Builder
		for rows.Next() {
			var line string
			if err := rows.Scan(&line); err != nil {
				t.Fatal(err)
			}
			fmt.Fprintln(&plan, line)
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		_ = conn.Conn().Deallocate(t.Context(), "planned")
		conn.Release()
		for _, part := range want {
			if !strings.Contains(plan.String(), part) {
				t.Errorf("%s\nhas a plan without %q:\n%s", query, part, plan.String())
			}
		}
		if strings.Contains(plan.String(), "Seq Scan on messages") {
			t.Errorf("%s\nreads all messages:\n%s", query, plan.String())
		}
	}
}
