package main

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"

	"github.com/google/uuid"
	_ "github.com/mattn/go-sqlite3" // reads the store's file without the package store

	"hallway/protocol"
	"hallway/relay/rules"
	"hallway/store/sqlite"
)

const (
	// storeRooms is the number of rooms in the store of the pages; they are written in turn.
	storeRooms = 100
	// storeBatch is the number of messages of one commit.
	storeBatch = 20_000
	// storePrefix begins the name of a store that later runs use.
	storePrefix = "hallway-pages-"
	// migrations is the folder with the schema. A kept store must have been made with the same schema.
	migrations = "store/sqlite/migrations/*.sql"
)

// pagesBench reads from a large store, as the relay's REST routes do, without
// HTTP.
func (s *suite) pagesBench() error {
	ctx := context.Background()
	db, err := s.openStore(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	perRoom := int64(s.stored / storeRooms)
	for _, kind := range []struct {
		what   string
		query  func() rules.Query
		target float64
	}{
		{"newest page", func() rules.Query { return rules.Query{Kind: rules.QueryNewest, Limit: protocol.PageMessagesDefault} }, 0.1},
		{"500 after a seq", func() rules.Query {
			at := rand.Int64N(max(perRoom-protocol.PageMessagesMax, 1))
			return rules.Query{Kind: rules.QueryAfter, At: at, Limit: protocol.PageMessagesMax}
		}, 0.8},
	} {
		s.progress.step("pages: %s", kind.what)
		took := make([]time.Duration, s.reads)
		for i := range took {
			q, room := kind.query(), storeRoom(rand.IntN(storeRooms))
			begin := time.Now()
			page, err := db.Page(ctx, room, "u_1", q)
			took[i] = time.Since(begin)
			if err != nil {
				return err
			}
			if want := min(q.Limit, int(perRoom-q.At)); len(page.Messages) != want {
				return fmt.Errorf("a page has %d messages, not %d", len(page.Messages), want)
			}
		}
		s.add(row{
			What:   fmt.Sprintf("%s, store of %s messages: p50", kind.what, short(float64(s.stored))),
			Figure: milliseconds(percentile(took, 0.5)), Unit: "ms", Target: kind.target, AtMost: true,
			Note: fmt.Sprintf("p99 %s ms", short(milliseconds(percentile(took, 0.99)))),
		})
	}
	return nil
}

func storeRoom(i int) string { return fmt.Sprintf("room-%d", i) }

// storePath returns the path of the filled store; each schema has its own file.
func (s *suite) storePath() (string, error) {
	files, err := filepath.Glob(migrations)
	if err != nil || len(files) == 0 {
		return filepath.Join(s.folder, "pages.db"), err // not at the project's root: not kept
	}
	schema := sha256.New()
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return "", err
		}
		_, _ = schema.Write(text) // a hash takes all
	}
	return filepath.Join(os.TempDir(), fmt.Sprintf("%s%d-%x.db", storePrefix, s.stored, schema.Sum(nil)[:4])), nil
}

// fillStore writes the whole store, or leaves no file.
func (s *suite) fillStore(ctx context.Context, path string) error {
	outdated, err := filepath.Glob(filepath.Join(filepath.Dir(path), storePrefix+"*"))
	if err != nil {
		return err
	}
	for _, old := range outdated {
		if err := os.Remove(old); err != nil {
			return err
		}
	}
	building := path + ".building"
	db, err := sqlite.Open(ctx, sqlite.Options{Path: building})
	if err != nil {
		return err
	}
	now := time.Now()
	for n := 0; n < s.stored; n += storeBatch {
		if n%(s.stored/10) == 0 {
			s.progress.step("pages: %d %% of %d messages are stored (kept for the next run)", 100*n/s.stored, s.stored)
		}
		ops := make([]rules.Op, min(storeBatch, s.stored-n))
		for i := range ops {
			room := storeRoom((n + i) % storeRooms)
			ops[i] = rules.Op{
				Room:   room,
				Sender: protocol.User{ID: fmt.Sprintf("u_%d", (n+i)%977), Name: "Ada Lovelace", Role: protocol.RoleParticipant},
				Do: rules.Send{Send: protocol.Send{
					Room: room, ID: uuid.Must(uuid.NewV7()).String(), Text: text, SentAt: protocol.TimeOf(now).String(),
				}},
			}
		}
		if _, err := db.Commit(now, ops); err != nil {
			_ = db.Close()
			return err
		}
	}
	err = s.awaitIndex(ctx, building)
	if err := errors.Join(err, db.Close()); err != nil {
		return err
	}
	_ = os.Remove(building + ".lock") // useless without its store
	return os.Rename(building, path)
}

// awaitIndex waits until the store has put all messages into its index of words, which it does in the background.
func (s *suite) awaitIndex(ctx context.Context, path string) error {
	db, err := sql.Open("sqlite3", "file:"+path+"?mode=ro")
	if err != nil {
		return err
	}
	defer db.Close()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for range tick.C {
		var indexed, all float64
		if err := db.QueryRowContext(ctx, `SELECT sum(indexed), sum(head) FROM rooms`).Scan(&indexed, &all); err != nil {
			return err
		}
		if indexed == all {
			break
		}
		s.progress.step("pages: %.0f %% of the messages are in the index of words", 100*indexed/all)
	}
	return nil
}
