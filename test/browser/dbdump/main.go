// Command dbdump prints a room's messages in a relay's database file, ascending by seq, as JSON. It reads the
// tables itself and must not know package store, so that a test does not read through the code under test. To print another
// column, add it to the query.
//
//	go run ./test/browser/dbdump hallway.db lobby
package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"os"

	_ "github.com/mattn/go-sqlite3" // the driver "sqlite3"
)

type message struct {
	ID     string `json:"id"`
	Seq    int64  `json:"seq"`
	Rev    int64  `json:"rev"`
	Sender string `json:"sender"`
	Text   string `json:"text"`
}

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: dbdump <database> <room>")
		os.Exit(2)
	}
	if err := dump(context.Background(), os.Args[1], os.Args[2], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "dbdump:", err)
		os.Exit(1)
	}
}

func dump(ctx context.Context, file, room string, out io.Writer) error {
	db, err := sql.Open("sqlite3", "file:"+file+"?mode=ro")
	if err != nil {
		return err
	}
	defer db.Close()
	rows, err := db.QueryContext(ctx, `
		SELECT m.id, m.seq, m.rev, m.sender_id, m.text
		FROM messages AS m JOIN rooms AS r ON r.key = m.room
		WHERE r.name = ? ORDER BY m.seq`, room)
	if err != nil {
		return err
	}
	defer rows.Close()
	messages := []message{}
	for rows.Next() {
		var m message
		if err := rows.Scan(&m.ID, &m.Seq, &m.Rev, &m.Sender, &m.Text); err != nil {
			return err
		}
		messages = append(messages, m)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	return json.NewEncoder(out).Encode(messages)
}
