// Package row reads the rows that SQLite and PostgreSQL keep in the same columns, and writes the export of what is stored of
// a user. Start with [Export] and [List].
//
// To export another table, add a function here that turns its row into JSON, and a [List] with a query to each database.
// The package must not know which database it reads, nor who may read.
package row

import (
	"fmt"

	"hallway/protocol"
	"hallway/relay/rules"
)

// Scan reads the columns of a row, in their order.
type Scan = func(into ...any) error

// Rows is the result of a query, as both databases return it.
type Rows interface {
	Next() bool
	Scan(into ...any) error
}

// Each calls each for the rows of a result until one fails. The caller looks for the error of the result, and closes it.
func Each(rows Rows, each func(Scan) error) error {
	for rows.Next() {
		if err := each(rows.Scan); err != nil {
			return err
		}
	}
	return nil
}

// ReportColumns are the columns that [Report] reads, of reports as r.
const ReportColumns = `r.n, r.message, r.by_id, r.by_name, r.reason, r.at, r.state, r.closed_by, r.closed_at`

// Report reads a report, behind the columns before.
func Report(scan Scan, before ...any) (r protocol.ReportEntry, err error) {
	err = scan(append(before, &r.N, &r.ID, &r.By.ID, &r.By.Name, &r.Reason, (*int64)(&r.At), (*string)(&r.State), &r.ClosedBy, (*int64)(&r.ClosedAt))...)
	return r, err
}

// AuditColumns are the columns that [AuditEntry] reads.
const AuditColumns = `n, at, by_id, by_name, by_role, act, user_id, message, details`

// AuditEntry reads an entry of the audit, behind the columns before.
func AuditEntry(scan Scan, before ...any) (e protocol.AuditEntry, err error) {
	err = scan(append(before, &e.N, (*int64)(&e.At), &e.By.ID, &e.By.Name, (*string)(&e.By.Role), &e.Act, &e.User, &e.ID, &e.Details)...)
	return e, err
}

// FileColumns are the columns that [File] reads, of files as f.
const FileColumns = `f.id, f.owner, f.name, f.type, f.size, f.width, f.height, f.blob, f.thumb, f.sum, f.uploaded_at, f.seq`

// File reads the row of a file, behind the columns before.
func File(scan Scan, before ...any) (f rules.File, err error) {
	var sum []byte
	err = scan(append(before, &f.ID, &f.Owner, &f.Name, &f.Type, &f.Size, &f.Width, &f.Height, &f.Blob, &f.Thumb, &sum,
		(*int64)(&f.UploadedAt), &f.Seq)...)
	copy(f.Sum[:], sum)
	return f, err
}

// FileBytesFinding returns the finding of a check about the bytes of files: kind and name of their count, how many are
// counted, and how many there are.
func FileBytesFinding(scan Scan) (string, error) {
	var kind, name string
	var counted, are int64
	err := scan(&kind, &name, &counted, &are)
	of := map[string]string{"": "", "r": " of room " + name, "u": fmt.Sprintf(" of user %q", name)}[kind]
	return fmt.Sprintf("the files%s take %d bytes, and %d are counted", of, are, counted), err
}
