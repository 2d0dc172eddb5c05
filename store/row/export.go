package row

import (
	"bufio"
	"encoding/json"
	"io"
	"strconv"

	"hallway/protocol"
)

// A List is one list of an export.
type List struct {
	Name   string
	Query  string // its only parameter is the user
	Object func(Scan) ([]byte, error)
}

// Export writes the lists of a user to w as one JSON object, each row as it is read. query runs a query with the user
// as its parameter.
func Export(w io.Writer, user string, lists []List, query func(each func(Scan) error, query string) error) error {
	out := bufio.NewWriter(w) // Flush returns the error of a failed write
	_, _ = out.WriteString(`{"user":` + string(quote(user)))
	for _, list := range lists {
		_, _ = out.WriteString(",\n" + string(quote(list.Name)) + ":[")
		separator := "\n"
		err := query(func(scan Scan) error {
			object, err := list.Object(scan)
			if err != nil {
				return err
			}
			_, _ = out.WriteString(separator)
			separator = ",\n"
			_, err = out.Write(object)
			return err
		}, list.Query)
		if err != nil {
			return err
		}
		_, _ = out.WriteString("]")
	}
	_, _ = out.WriteString("\n}\n")
	return out.Flush()
}

// Reaction exports room, message and emoji.
func Reaction(scan Scan) ([]byte, error) {
	var o struct {
		Room  string `json:"room"`
		ID    string `json:"id"`
		Emoji string `json:"emoji"`
	}
	err := scan(&o.Room, &o.ID, &o.Emoji)
	return encode(o, err)
}

// Membership exports room, name, role, picture, title, time of the first join and read marker.
func Membership(scan Scan) ([]byte, error) {
	var o struct {
		Room     string `json:"room"`
		Name     string `json:"name"`
		Role     string `json:"role"`
		Picture  string `json:"picture,omitempty"`
		Title    string `json:"title,omitempty"`
		JoinedAt string `json:"joined_at"`
		Read     int64  `json:"read"`
	}
	var at protocol.Time
	err := scan(&o.Room, &o.Name, &o.Role, &o.Picture, &o.Title, (*int64)(&at), &o.Read)
	o.JoinedAt = at.String()
	return encode(o, err)
}

// SanctionOfRoom exports room, user, kind, expiry, reason, moderator's id and name, and time.
func SanctionOfRoom(scan Scan) ([]byte, error) {
	var room string
	var s protocol.Sanction
	err := scan(&room, &s.User.ID, (*string)(&s.Kind), (*int64)(&s.Until), &s.Reason, &s.By.ID, &s.By.Name, (*int64)(&s.At))
	return in(room, s.Append(nil)), err
}

// ReportOfRoom exports room and [ReportColumns].
func ReportOfRoom(scan Scan) ([]byte, error) {
	var room string
	r, err := Report(Behind(scan, &room))
	return in(room, r.Append(nil)), err
}

// AuditOfRoom exports room and [AuditColumns].
func AuditOfRoom(scan Scan) ([]byte, error) {
	var room string
	e, err := AuditEntry(Behind(scan, &room))
	return in(room, e.Append(nil)), err
}

// Time exports a time.
func Time(scan Scan) ([]byte, error) {
	var at protocol.Time
	err := scan((*int64)(&at))
	return strconv.AppendQuote(nil, at.String()), err
}

// Text exports a text.
func Text(scan Scan) ([]byte, error) {
	var text string
	err := scan(&text)
	return quote(text), err
}

// TurnOfRoom exports room and turn, which is JSON.
func TurnOfRoom(scan Scan) ([]byte, error) {
	var room, turn string
	if err := scan(&room, &turn); err != nil {
		return nil, err
	}
	return in(room, []byte(turn)), nil
}

// FileOfRoom exports room and [FileColumns], without the relay's internal columns. seq is that of the message; an
// unused file has none.
func FileOfRoom(scan Scan) ([]byte, error) {
	var room string
	f, err := File(Behind(scan, &room))
	return encode(struct {
		Room       string `json:"room"`
		ID         string `json:"id"`
		Name       string `json:"name"`
		Type       string `json:"type"`
		Size       int64  `json:"size"`
		Width      int64  `json:"width,omitempty"`
		Height     int64  `json:"height,omitempty"`
		UploadedAt string `json:"uploaded_at"`
		Seq        int64  `json:"seq,omitempty"`
	}{room, f.ID, f.Name, f.Type, f.Size, f.Width, f.Height, f.UploadedAt.String(), f.Seq}, err)
}

// Device exports a device, which is JSON, and whether it was deleted.
func Device(scan Scan) ([]byte, error) {
	var device string
	var deleted int64
	if err := scan(&device, &deleted); err != nil || deleted == 0 {
		return []byte(device), err
	}
	return append([]byte(device[:len(device)-1]), `,"deleted":true}`...), nil
}

// in adds the name of a room to an object in JSON.
func in(room string, object []byte) []byte {
	return append(append([]byte(`{"room":`), quote(room)...), append([]byte{','}, object[1:]...)...)
}

func encode(object any, err error) ([]byte, error) {
	if err != nil {
		return nil, err
	}
	return json.Marshal(object)
}

func quote(text string) []byte {
	quoted, _ := json.Marshal(text) // never fails with a string
	return quoted
}
