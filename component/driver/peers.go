package driver

import (
	"encoding/json"

	"hallway/component/client"
)

// peers are the other pages of this device that share an outbox, and the lock by which
// one page owns it. The methods never wait. Events come as [client.Owns] and
// [client.PeerSaid].
type peers interface {
	// share leaves the outbox that was shared before and shares key's.
	share(key Key)
	// tell sends a note to the pages that share the outbox now.
	tell(note client.Note)
	// close leaves the outbox; if this page owned it, the next page does.
	close()
}

// alone stands for peers if there are none: the outbox is owned at once.
type alone struct{ post func(client.Event) }

func (a alone) share(key Key)    { a.post(client.Owns{User: key.User, Alone: true}) }
func (a alone) tell(client.Note) {}
func (a alone) close()           {}

// noteVersion is the version of a note's encoding. Pages of several versions of the
// package may share an outbox. A note of another version is ignored: the storage still
// has what it would have handed over.
const noteVersion = 1

type sentNote struct {
	Version int              `json:"v"`
	Kind    client.NoteKind  `json:"kind"`
	Item    json.RawMessage  `json:"item"`
	State   client.ItemState `json:"state,omitempty"`
	IDs     []string         `json:"ids,omitempty"`
	Epoch   string           `json:"epoch,omitempty"`
	Seq     int64            `json:"seq,omitempty"`
}

func encodeNote(n client.Note) ([]byte, error) {
	item, err := encodeItem(n.Item)
	if err != nil {
		return nil, err
	}
	return json.Marshal(sentNote{
		Version: noteVersion, Kind: n.Kind, Item: item, State: n.State, IDs: n.IDs, Epoch: n.Epoch, Seq: n.Seq,
	})
}

// decodeNote reads a note; ok is false for what this version cannot read.
func decodeNote(data []byte) (n client.Note, ok bool) {
	var s sentNote
	if err := json.Unmarshal(data, &s); err != nil || s.Version != noteVersion {
		return n, false
	}
	item, err := decodeItem(s.Item)
	return client.Note{Kind: s.Kind, Item: item, State: s.State, IDs: s.IDs, Epoch: s.Epoch, Seq: s.Seq}, err == nil
}
