package store

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"

	"hallway/protocol"
)

// createdColumns are the columns that a message is made with, as messageValues
// has them; messageColumns are all that scanMessage knows, in its order.
const (
	createdColumns = `id, seq, rev, sender_id, sender_name, sender_role, created_at, sent_at, text, encrypted, reply_to`
	messageColumns = createdColumns + `, edited_at, deleted_at, pinned, reactions`
)

func messageValues(m *protocol.Message) ([]any, error) {
	encrypted, err := encodeEncrypted(m.Encrypted)
	if err != nil {
		return nil, err
	}
	return []any{
		m.ID, m.Seq, m.Rev, m.Sender.ID, m.Sender.Name, string(m.Sender.Role),
		int64(m.CreatedAt), m.SentAt, m.Text, encrypted, m.ReplyTo,
	}, nil
}

// scanMessage reads the columns before, then messageColumns.
func scanMessage(row interface{ Scan(...any) error }, room string, before ...any) (protocol.Message, error) {
	m := protocol.Message{Room: room}
	var encrypted, reactions string
	var pinned int64
	// The plain pointers spare Scan the use of reflection.
	err := row.Scan(append(before,
		&m.ID, &m.Seq, &m.Rev, &m.Sender.ID, &m.Sender.Name, (*string)(&m.Sender.Role),
		(*int64)(&m.CreatedAt), &m.SentAt, &m.Text, &encrypted, &m.ReplyTo,
		(*int64)(&m.EditedAt), (*int64)(&m.DeletedAt), &pinned, &reactions)...)
	if err != nil {
		return m, err
	}
	m.Pinned = pinned != 0
	if m.Encrypted, err = decodeEncrypted(encrypted); err != nil {
		return m, err
	}
	m.Reactions, err = decodeReactions(reactions)
	return m, err
}

// encryptedColumn is protocol.Encrypted as it stands in its column, in the
// protocol's own words.
type encryptedColumn struct {
	Alg string `json:"alg"`
	Kid string `json:"kid"`
	IV  string `json:"iv"`
	CT  string `json:"ct"`
}

func encodeEncrypted(e *protocol.Encrypted) (string, error) {
	if e == nil {
		return "", nil
	}
	text, err := json.Marshal(encryptedColumn(*e))
	return string(text), err
}

func decodeEncrypted(text string) (*protocol.Encrypted, error) {
	if text == "" {
		return nil, nil
	}
	var column encryptedColumn
	if err := json.Unmarshal([]byte(text), &column); err != nil {
		return nil, err
	}
	e := protocol.Encrypted(column)
	return &e, nil
}

// fingerprintBytes is how much of the hash is kept; a sender who finds a
// collision deceives nobody but themselves.
const fingerprintBytes = 16

// fingerprint identifies the content that a message is made with. It is kept
// beside the message, so that a resend is recognised also after edits. The id
// goes in too: equal texts do not show by equal fingerprints.
func fingerprint(s *protocol.Send) []byte {
	parts := []string{s.ID, s.Text, s.ReplyTo}
	if e := s.Encrypted; e != nil {
		parts = append(parts, e.Alg, e.Kid, e.IV, e.CT)
	}
	var content []byte
	for _, part := range parts {
		content = binary.AppendUvarint(content, uint64(len(part)))
		content = append(content, part...)
	}
	sum := sha256.Sum256(content)
	return sum[:fingerprintBytes]
}
