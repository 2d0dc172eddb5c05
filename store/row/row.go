// Package row reads the rows that SQLite and PostgreSQL keep in the same columns, and writes the export of a user's
// data. Start with [Into], which reads a list, and with [Export] and [List].
//
// To export another table, add a function here that turns its row into JSON, and a [List] with a query to each
// database. The package must not know which database it reads, nor the permissions of readers.
package row

import (
	"fmt"
	"math"
	"strings"

	"hallway/protocol"
	"hallway/relay/rules"
)

// Scan reads the columns of a row, in order.
type Scan = func(into ...any) error

// Rows is the result of a query, as both databases return it.
type Rows interface {
	Next() bool
	Scan(into ...any) error
	Err() error
}

// Each calls each for the rows of a result until a call fails, and returns the error of that call or of the result. The
// caller closes the result.
func Each(rows Rows, each func(Scan) error) error {
	for rows.Next() {
		if err := each(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

// Into returns a function that reads a row and appends it to a list.
func Into[T any](list *[]T, read func(Scan) (T, error)) func(Scan) error {
	return func(scan Scan) error {
		one, err := read(scan)
		*list = append(*list, one)
		return err
	}
}

// Behind returns the Scan of the columns after those that before takes.
func Behind(scan Scan, before ...any) Scan {
	return func(into ...any) error { return scan(append(before, into...)...) }
}

// Value reads the only column of a row.
func Value[T any](scan Scan) (value T, err error) {
	err = scan(&value)
	return value, err
}

// MemberColumns are the columns that [Member] reads, of members as m.
const MemberColumns = `m.user_id, m.name, m.role, m.read, m.joined_at, m.picture, m.title`

// Member reads a member.
func Member(scan Scan) (m rules.MemberEntry, err error) {
	err = scan(&m.User.ID, &m.User.Name, (*string)(&m.User.Role), &m.Read, (*int64)(&m.JoinedAt), &m.User.Picture, &m.User.Title)
	return m, err
}

// Reactor reads the user of a reaction: id, name, role, picture and title.
func Reactor(scan Scan) (u protocol.User, err error) {
	err = scan(&u.ID, &u.Name, (*string)(&u.Role), &u.Picture, &u.Title)
	return u, err
}

// Sanction reads a sanction: the user's id, name and role, kind, expiry and reason, the moderator's id and name, and
// the time.
func Sanction(scan Scan) (s protocol.Sanction, err error) {
	err = scan(&s.User.ID, &s.User.Name, (*string)(&s.User.Role), (*string)(&s.Kind), (*int64)(&s.Until),
		&s.Reason, &s.By.ID, &s.By.Name, (*int64)(&s.At))
	return s, err
}

// Bans returns a function that reads a ban into a map: room, user, expiry and the role up to which it holds.
func Bans(into map[rules.Ban]rules.BanTerms) func(Scan) error {
	return func(scan Scan) error {
		var ban rules.Ban
		var terms rules.BanTerms
		err := scan(&ban.Room, &ban.User, (*int64)(&terms.Until), (*string)(&terms.UpTo))
		into[ban] = terms
		return err
	}
}

// Revocations returns a function that reads user and time of a revocation into a map.
func Revocations(into map[string]protocol.Time) func(Scan) error {
	return func(scan Scan) error {
		var user string
		var at protocol.Time
		err := scan(&user, (*int64)(&at))
		into[user] = at
		return err
	}
}

// ReportColumns are the columns that [Report] reads, of reports as r.
const ReportColumns = `r.n, r.message, r.by_id, r.by_name, r.reason, r.at, r.state, r.closed_by, r.closed_at`

// Report reads a report.
func Report(scan Scan) (r protocol.ReportEntry, err error) {
	err = scan(&r.N, &r.ID, &r.By.ID, &r.By.Name, &r.Reason, (*int64)(&r.At), (*string)(&r.State), &r.ClosedBy, (*int64)(&r.ClosedAt))
	return r, err
}

// AuditColumns are the columns that [AuditEntry] reads.
const AuditColumns = `n, at, by_id, by_name, by_role, act, user_id, message, details`

// AuditEntry reads an entry of the audit.
func AuditEntry(scan Scan) (e protocol.AuditEntry, err error) {
	err = scan(&e.N, (*int64)(&e.At), &e.By.ID, &e.By.Name, (*string)(&e.By.Role), &e.Act, &e.User, &e.ID, &e.Details)
	return e, err
}

// FileColumns are the columns that [File] reads, of files as f.
const FileColumns = `f.id, f.owner, f.name, f.type, f.size, f.width, f.height, f.blob, f.thumb, f.sum, f.uploaded_at, f.seq`

// File reads the row of a file.
func File(scan Scan) (f rules.File, err error) {
	var sum []byte
	err = scan(&f.ID, &f.Owner, &f.Name, &f.Type, &f.Size, &f.Width, &f.Height, &f.Blob, &f.Thumb, &sum, (*int64)(&f.UploadedAt), &f.Seq)
	copy(f.Sum[:], sum)
	return f, err
}

// Expired is a room with messages from before a time.
type Expired struct {
	Key         int64
	Name, Epoch string
	Before      protocol.Time
}

// FindExpired returns a function that reads key, name, epoch and settings of a room, and the time of its oldest
// message. It appends the room to a list if that message is too old at the time now.
func FindExpired(list *[]Expired, r *rules.Retention, now protocol.Time) func(Scan) error {
	return func(scan Scan) error {
		var e Expired
		var settings string
		var oldest protocol.Time
		err := scan(&e.Key, &e.Name, &e.Epoch, &settings, (*int64)(&oldest))
		var purges bool
		if e.Before, purges = r.Before(now, settings); err == nil && purges && oldest < e.Before {
			*list = append(*list, e)
		}
		return err
	}
}

// Below returns a position; for 0, the one after the newest message.
func Below(at int64) int64 {
	if at == 0 {
		return math.MaxInt64
	}
	return at
}

// Stored returns a function that reads room and [FileColumns] of a row, and calls each with the file and the number of all.
func Stored(all int, each func(f rules.StoredFile, all int) error) func(Scan) error {
	return func(scan Scan) (err error) {
		var f rules.StoredFile
		if f.File, err = File(Behind(scan, &f.Room)); err != nil {
			return err
		}
		return each(f, all)
	}
}

// FindingsMax limits the reported findings of one kind.
const FindingsMax = 20

// Findings returns a function that reads a row with text and calls found with the result, unless that is "". It does so
// for at most FindingsMax rows.
func Findings(found func(string), text func(Scan) (string, error)) func(Scan) error {
	told := 0
	return func(scan Scan) error {
		line, err := text(scan)
		if line == "" || err != nil {
			return err
		}
		if told++; told <= FindingsMax {
			found(strings.Join(strings.Fields(line), " "))
		}
		return nil
	}
}

// FileBytesFinding reads a finding about the bytes of files: kind and name of the total, the stored total, and the real
// one.
func FileBytesFinding(scan Scan) (string, error) {
	var kind, name string
	var counted, are int64
	err := scan(&kind, &name, &counted, &are)
	of := map[string]string{"": "", "r": " of room " + name, "u": fmt.Sprintf(" of user %q", name)}[kind]
	return fmt.Sprintf("the files%s take %d bytes, and %d are counted", of, are, counted), err
}

// RoomFinding returns a function that reads name and number of a row, and formats a finding about them.
func RoomFinding(format string) func(Scan) (string, error) {
	return func(scan Scan) (string, error) {
		var name string
		var n int64
		err := scan(&name, &n)
		return fmt.Sprintf(format, name, n), err
	}
}
