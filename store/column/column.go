// Package column encodes the parts of a message that databases keep as JSON in one column, with the names of the
// protocol. The empty text stands for a missing part. Start with [EncodeReactions].
//
// To add a part, give it a type with tags and a pair of functions here. The package must not know SQL, nor which
// database has the column.
package column

import (
	"encoding/json"
	"reflect"
	"strings"

	"hallway/protocol"
)

type encrypted struct {
	Alg string `json:"alg"`
	Kid string `json:"kid"`
	IV  string `json:"iv"`
	CT  string `json:"ct"`
}

type mention struct {
	At   int64  `json:"at"`
	Len  int64  `json:"len"`
	User string `json:"user,omitempty"`
	All  bool   `json:"all,omitempty"`
}

type reaction struct {
	Emoji string   `json:"emoji"`
	Count int64    `json:"count"`
	Users []string `json:"users"`
}

type attached struct {
	Files    []file `json:"files"`
	AutoText bool   `json:"auto_text,omitempty"`
}

type file struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Type   string `json:"type"`
	Size   int64  `json:"size"`
	Width  int64  `json:"width,omitempty"`
	Height int64  `json:"height,omitempty"`
	Alt    string `json:"alt,omitempty"`
}

// filesBegin is the beginning of each column of EncodeFiles. No other column begins with it.
const filesBegin = `{"files":`

// EncodeFiles returns the column of a message's files. The column also notes whether the text consists of their names.
func EncodeFiles(m *protocol.Message) (string, error) {
	if len(m.Files) == 0 {
		return "", nil
	}
	column := attached{AutoText: m.AutoText}
	for _, f := range m.Files {
		column.Files = append(column.Files, file(f))
	}
	text, err := json.Marshal(column)
	return string(text), err
}

// CutFiles reads files into the message if a text begins with a column of EncodeFiles and a line break, and returns the
// rest.
func CutFiles(m *protocol.Message, text string) (rest string, err error) {
	if !strings.HasPrefix(text, filesBegin) {
		return text, nil
	}
	files, rest, _ := strings.Cut(text, "\n")
	var column attached
	if err := json.Unmarshal([]byte(files), &column); err != nil {
		return "", err
	}
	for _, f := range column.Files {
		m.Files = append(m.Files, protocol.File(f))
	}
	m.AutoText = column.AutoText
	return rest, nil
}

// DecodeMore reads the files of a message, as CutFiles does, and then the encrypted content or the mentions.
func DecodeMore(m *protocol.Message, text string) error {
	text, err := CutFiles(m, text)
	switch {
	case err != nil || text == "":
	case text[0] == '[':
		m.Mentions, err = decodeMentions(text)
	default:
		m.Encrypted, err = decodeEncrypted(text)
	}
	return err
}

// ReadRole splits the role of a sender with a picture: the column holds both, with a space between them.
func ReadRole(u *protocol.User) {
	if role, picture, ok := strings.Cut(string(u.Role), " "); ok {
		u.Role, u.Picture = protocol.Role(role), picture
	}
}

// EncodeEncrypted returns the column of an encrypted content; nil stands for none.
func EncodeEncrypted(e *protocol.Encrypted) (string, error) {
	if e == nil {
		return "", nil
	}
	text, err := json.Marshal(encrypted(*e))
	return string(text), err
}

// decodeEncrypted reads a column of EncodeEncrypted that is not empty.
func decodeEncrypted(text string) (*protocol.Encrypted, error) {
	var column encrypted
	if err := json.Unmarshal([]byte(text), &column); err != nil {
		return nil, err
	}
	e := protocol.Encrypted(column)
	return &e, nil
}

// EncodeMentions returns the column of mentions.
func EncodeMentions(mentions []protocol.Mention) (string, error) {
	return encodeList(mentions, func(m protocol.Mention) mention { return mention(m) })
}

// decodeMentions reads a column of EncodeMentions.
func decodeMentions(text string) ([]protocol.Mention, error) {
	return decodeList(text, func(m mention) protocol.Mention { return protocol.Mention(m) })
}

// EncodeReactions returns the column of reactions.
func EncodeReactions(reactions []protocol.Reaction) (string, error) {
	return encodeList(reactions, func(r protocol.Reaction) reaction { return reaction(r) })
}

// DecodeReactions reads a column of EncodeReactions.
func DecodeReactions(text string) ([]protocol.Reaction, error) {
	return decodeList(text, func(r reaction) protocol.Reaction { return protocol.Reaction(r) })
}

// SumsUp reports whether a column of EncodeReactions fits the rows of reactions, in order.
func SumsUp(text string, emoji, users []string) bool {
	has, err := DecodeReactions(text)
	if err != nil {
		return false
	}
	want := make(map[string]protocol.Reaction)
	for n, one := range emoji {
		r := want[one]
		r.Emoji, r.Count = one, r.Count+1
		if len(r.Users) < protocol.ReactionUsersMax {
			r.Users = append(r.Users, users[n])
		}
		want[one] = r
	}
	got := make(map[string]protocol.Reaction)
	for _, r := range has {
		got[r.Emoji] = r
	}
	return reflect.DeepEqual(got, want)
}

func encodeList[T, C any](list []T, to func(T) C) (string, error) {
	if len(list) == 0 {
		return "", nil
	}
	column := make([]C, len(list))
	for i, one := range list {
		column[i] = to(one)
	}
	text, err := json.Marshal(column)
	return string(text), err
}

func decodeList[T, C any](text string, from func(C) T) ([]T, error) {
	if text == "" {
		return nil, nil
	}
	var column []C
	if err := json.Unmarshal([]byte(text), &column); err != nil {
		return nil, err
	}
	list := make([]T, len(column))
	for i, one := range column {
		list[i] = from(one)
	}
	return list, nil
}
