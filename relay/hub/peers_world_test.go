package hub_test

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"reflect"
	"strings"
	"time"

	"hallway/protocol"
	"hallway/relay/bus"
	"hallway/relay/hub"
	"hallway/relay/rules"
)

// others are the other relays on a world's database, and the bus between.
type others struct {
	news    []hub.News // news of other relays, under way
	asked   []string   // rooms whose heads are being read
	answer  *rules.Heads
	reading []reading
	told    []bus.News       // by this relay
	round   int64            // the number of its last call
	rulings []string         // rooms whose rules are being read
	ruling  *rules.Ruling    // read for a later answer
	known   *hub.Known       // read for a later answer: bans, revocations and ranks
	marks   []rules.ReadMark // being written
}

// reading is a hole that is being read.
type reading struct {
	room  string
	since int64
}

// Publish implements [hub.Bus].
func (w *world) Publish(n hub.News) {
	w.log("bus← %s %s %d–%d", n.Room, n.Epoch, n.First, n.Last)
	for i, frame := range n.Frames {
		f, err := protocol.DecodeRelay(frame)
		if m := f.(protocol.Changed).Message; err != nil || m.Rev != n.First+int64(i) {
			w.log("… where rev %d is %s", n.First+int64(i), frame)
		}
	}
}

// Follow implements [hub.Bus].
func (w *world) Follow(room string) { w.log("bus← follow %s", room) }

// Unfollow implements [hub.Bus].
func (w *world) Unfollow(room string) { w.log("bus← unfollow %s", room) }

// Tell implements [hub.Bus].
func (w *world) Tell(n bus.News) {
	w.others.told = append(w.others.told, n)
	switch n := n.(type) {
	case *bus.Called:
		w.others.round = n.Round
		w.log("bus← called")
	case *bus.Levelled:
		w.log("bus← levelled")
	case *bus.Asked:
	case *bus.Heartbeat, *bus.Spent, *bus.Moved: // package presence tests these
	case *bus.Typing:
		w.log("bus← typing %s %s", n.Room, n.User.ID)
	case *bus.Told:
		w.log("bus← told %s %s%s", n.Room, n.User, n.Frame)
	case *bus.Acted:
		w.log("bus← acted %s %s%s", n.Room, n.UpTo, n.Frame)
	default:
		w.log("bus← %s %+v", strings.ToLower(strings.TrimPrefix(fmt.Sprintf("%T", n), "*bus.")), reflect.ValueOf(n).Elem())
	}
}

// ReadRuling implements [hub.Reader].
func (w *world) ReadRuling(room string) {
	w.others.rulings = append(w.others.rulings, room)
	w.log("ruling← %s", room)
}

// ReadKnown implements [hub.Reader].
func (w *world) ReadKnown() { w.log("known←") }

// MarkRead implements [hub.Reader].
func (w *world) MarkRead(marks []rules.ReadMark) {
	w.others.marks = marks
	w.log("marks← %v", marks)
}

// ReadHeads implements [hub.Reader].
func (w *world) ReadHeads(rooms []string) {
	if w.others.asked != nil {
		panic("heads are being read already")
	}
	w.others.asked = rooms
	w.log("heads← %s", strings.Join(rooms, " "))
}

// ReadSince implements [hub.Reader].
func (w *world) ReadSince(room string, since int64) {
	w.others.reading = append(w.others.reading, reading{room, since})
	w.log("since← %s %d", room, since)
}

// elsewhere carries out the change of a frame at another relay, with the token "ada"; its news are then under way.
func (w *world) elsewhere(rest string) error {
	token, frame, isFrame := strings.Cut(rest, " {")
	var op rules.Op
	var err error
	if isFrame {
		op, err = opOf(w.now, "{"+frame)
	} else {
		words := strings.Fields(rest)
		token, op = words[0], wordsOp(words[1], words[2])
	}
	if err != nil {
		return err
	}
	who, err := fakeVerifier{}.Verify(w.now, netip.Addr{}, token)
	if err != nil {
		return err
	}
	op.Sender = who.User
	op.Sender.Role = protocol.RoleOrganizer
	outcomes, err := w.store.Commit(w.now, []rules.Op{op})
	if err != nil {
		return err
	}
	n := hub.News{Room: op.Room, Epoch: outcomes[0].Epoch, Last: outcomes[0].Head}
	if stored, ok := outcomes[0].Result.(rules.Stored); ok && stored.New {
		n.First = stored.Message.Rev
		n.Frames = [][]byte{protocol.Changed{Message: stored.Message}.Append(nil)}
	}
	w.others.news = append(w.others.news, n)
	return nil
}

// hear delivers news of others: "all", "last", "first", "first twice", or "head" of the last without its frames. It
// drops the skipped news, except for "last", which overtakes the others.
func (w *world) hear(which string) error {
	o := &w.others
	if len(o.news) == 0 {
		return errors.New("no news are on their way")
	}
	last := len(o.news) - 1
	var heard []hub.News
	switch which {
	case "all":
		heard, o.news = o.news, nil
	case "last":
		heard, o.news = o.news[last:], o.news[:last]
	case "first":
		heard, o.news = o.news[:1], o.news[1:]
	case "first twice":
		heard, o.news = []hub.News{o.news[0], o.news[0]}, o.news[1:]
	case "head":
		n := o.news[last]
		n.First, n.Frames = 0, nil
		heard, o.news = []hub.News{n}, nil
	case "nothing":
		o.news = nil
	default:
		return fmt.Errorf("hear %s", which)
	}
	for _, n := range heard {
		if err := n.Decode(); err != nil {
			return err
		}
		w.Heard(w.now, n)
	}
	return nil
}

// heads answers the query for heads: "read" reads the store now for a later answer, "fail" is an error.
func (w *world) heads(how string) error {
	o := &w.others
	if o.asked == nil {
		return errors.New("no heads are read")
	}
	var err error
	if o.answer == nil {
		var h rules.Heads
		h, err = w.store.Heads(context.Background(), o.asked)
		o.answer = &h
	}
	switch how {
	case "read":
		return err
	case "fail":
		err = errors.New("the database is down")
	}
	answer := *o.answer
	o.asked, o.answer = nil, nil
	w.Heads(w.now, answer, err)
	return nil
}

// heal answers the first read of a hole, with pages of so many messages; 0 fails.
func (w *world) heal(limit int) error {
	o := &w.others
	if len(o.reading) == 0 {
		return errors.New("no hole is read")
	}
	r := o.reading[0]
	o.reading = o.reading[1:]
	if limit == 0 {
		w.Healed(w.now, r.room, hub.Heal{}, errors.New("the database is down"))
		return nil
	}
	page, err := w.store.Page(context.Background(), r.room, "", rules.Query{Kind: rules.QuerySince, At: r.since, Limit: limit})
	if err != nil {
		return err
	}
	w.Healed(w.now, r.room, hub.HealOf(r.since, &page), nil)
	return nil
}

// peersStep plays a line about other relays; ok is false for any other.
func (w *world) peersStep(word, rest string) (ok bool, err error) {
	switch word {
	case "elsewhere":
		return true, w.elsewhere(rest)
	case "hear":
		return true, w.hear(rest)
	case "heads":
		return true, w.heads(rest)
	case "healed":
		limits := map[string]int{"": protocol.PageMessagesMax, "by one": 1, "fail": 0}
		return true, w.heal(limits[rest])
	case "overhear":
		w.overhear(rest)
		return true, nil
	case "ruling":
		return true, w.answerRuling(rest)
	case "known":
		return true, w.answerKnown(rest)
	case "marks":
		return true, w.answerMarks(rest)
	case "bus":
		w.BusUp(w.now, rest == "up")
		return true, nil
	}
	return false, nil
}

// nextWake returns the time until a shared hub's next wake, at most d.
func (w *world) nextWake(d time.Duration) time.Duration {
	if !w.shared {
		return d
	}
	return max(0, min(d, w.Deadline().Sub(w.now)))
}
