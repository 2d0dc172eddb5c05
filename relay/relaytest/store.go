package relaytest

import (
	"context"
	"errors"
	"net/netip"
	"slices"
	"sync"
	"time"

	"hallway/protocol"
	"hallway/relay/bus"
	"hallway/relay/hub"
	"hallway/relay/rules"
)

// Journal is a hub.Store that only counts the messages.
type Journal struct {
	rules.Store               // Page, Ready and Close are not implemented
	Hold        chan struct{} // unless nil, each commit waits for a value

	mu   sync.Mutex
	head int64
	err  error // the error of the next Commit
}

// Head returns the number of messages.
func (j *Journal) Head() int64 {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.head
}

// Fail makes the next commit fail.
func (j *Journal) Fail(err error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.err = err
}

// Commit implements hub.Store.
func (j *Journal) Commit(now time.Time, ops []rules.Op) ([]rules.Outcome, error) {
	if j.Hold != nil {
		<-j.Hold
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if err := j.err; err != nil {
		j.err = nil
		return nil, err
	}
	outcomes := make([]rules.Outcome, len(ops))
	for i, op := range ops {
		switch do := op.Do.(type) {
		case rules.Open:
			outcomes[i].Result = rules.Opened{}
		case rules.Send:
			j.head++
			outcomes[i].Result = rules.Stored{New: true, Message: protocol.Message{
				Room: op.Room, ID: do.ID, Seq: j.head, Rev: j.head, Sender: op.Sender,
				CreatedAt: protocol.TimeOf(now), Text: do.Text,
			}}
		}
		outcomes[i].Epoch, outcomes[i].Head = "e1", j.head
	}
	return outcomes, nil
}

// Archive is a Journal with readable messages.
type Archive struct {
	*Journal
	Messages []protocol.Message
	Gate     chan struct{} // each read waits until it is closed

	mu    sync.Mutex
	Asked int  // the number of reads
	Fails bool // makes each read fail
}

// NewArchive returns an archive with a number of messages.
func NewArchive(messages int) *Archive {
	a := &Archive{Journal: &Journal{head: int64(messages)}, Gate: make(chan struct{})}
	for n := range messages {
		a.Messages = append(a.Messages, MessageOf(n, int64(n+1)))
	}
	return a
}

// MessageOf returns the stored message of the n-th send.
func MessageOf(n int, seq int64) protocol.Message {
	return protocol.Message{Room: "lobby", ID: SendOf(n).ID, Seq: seq, Rev: seq, Text: "hi"}
}

// Page implements hub.Store.
func (a *Archive) Page(_ context.Context, _, _ string, q rules.Query) (protocol.Page, error) {
	<-a.Gate
	a.mu.Lock()
	defer a.mu.Unlock()
	a.Asked++
	if a.Fails {
		return protocol.Page{}, errors.New("the disk is gone")
	}
	p := protocol.Page{Epoch: "e1", Head: int64(len(a.Messages))}
	from := int64(0)
	switch q.Kind {
	case rules.QuerySince:
		from = min(q.At, p.Head)
	case rules.QueryNewest:
		from = max(0, p.Head-int64(q.Limit))
		p.More = from > 0
	}
	p.Messages = slices.Clone(a.Messages[from:])
	if len(p.Messages) > q.Limit {
		p.Messages, p.More = p.Messages[:q.Limit], true
	}
	return p, nil
}

// Everyone is a verifier that takes any token as the user's name, and the grants of such a token: a participant's in
// every room.
type Everyone struct{}

// Role implements hub.Grants.
func (Everyone) Role(string) (protocol.Role, bool) { return protocol.RoleParticipant, true }

// Highest implements hub.Grants.
func (Everyone) Highest() protocol.Role { return protocol.RoleParticipant }

// Everywhere implements hub.Grants.
func (Everyone) Everywhere() protocol.Role { return protocol.RoleParticipant }

// Entries implements hub.Grants.
func (Everyone) Entries() []bus.Grant {
	return []bus.Grant{{Pattern: "*", Role: protocol.RoleParticipant}}
}

// Same implements hub.Grants.
func (Everyone) Same(other hub.Grants) bool { return other == hub.Grants(Everyone{}) }

// Verify implements hub.Verifier.
func (Everyone) Verify(now time.Time, _ netip.Addr, token string) (hub.Identity, error) {
	return hub.Identity{User: protocol.User{ID: token, Name: token}, Expires: now.Add(time.Hour), Grants: Everyone{}}, nil
}
