package log

import (
	"strconv"
	"testing"

	"hallway/component/client"
	"hallway/component/view/text"
	"hallway/protocol"
)

// BenchmarkFrame measures the work for a new message in a log of 10,000, without the document.
func BenchmarkFrame(b *testing.B) {
	s := client.Snapshot{Me: protocol.User{ID: "me"}}
	for i := range int64(10_000) {
		id := strconv.FormatInt(i, 10)
		s.Messages = append(s.Messages, &protocol.Message{
			ID: id, Seq: i + 1, Sender: protocol.User{ID: "u" + id[len(id)-1:]}, Text: "text " + id,
			CreatedAt: protocol.Time(1_800_000_000_000_000 + i*60_000_000), ReplyTo: "m" + id,
		})
	}
	maker := rowMaker{calendar: text.Calendar{Bounds: utcDays}}
	end := windowEnd(len(s.Messages))
	shown := maker.rowsIn(&s, window{end.lo - 1, end.hi - 1})
	for b.Loop() {
		if edits := diff(shown, maker.rowsIn(&s, end)); len(edits) != 2 {
			b.Fatalf("%d edits", len(edits))
		}
	}
}
