package main

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"strconv"
	"strings"

	"hallway/files"
	"hallway/files/collect"
	"hallway/files/disk"
	"hallway/files/intake"
	"hallway/files/s3"
	"hallway/files/scan"
	"hallway/protocol"
	"hallway/relay/rules"
	"hallway/relay/server"
)

// filesAtFlag says where the bytes of files are.
type filesAtFlag struct {
	FilesAt string `name:"files" env:"HALLWAY_FILES" placeholder:"PLACE" help:"Where uploaded files are kept: a folder, or s3://bucket/prefix?endpoint=https://s3.example.org&region=… with the keys in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; off takes none. By default the folder <database>.files."`
}

// fileFlags say what is taken of files.
type fileFlags struct {
	filesAtFlag
	Scan      string   `env:"HALLWAY_SCAN" placeholder:"ADDRESS" help:"Scanner that every file must pass: tcp://host:3310 or unix:///path of ClamAV's clamd, or an http(s) URL that is posted the bytes and answers with 2xx if they are clean, with 403 if not. While it does not answer, no file is taken."`
	FileTypes []string `env:"HALLWAY_FILE_TYPES" placeholder:"TYPE" help:"Types of files that are taken, as image/* or application/pdf; may be repeated or separated by commas. By default all."`
	UserFiles byteSize `default:"2GiB" env:"HALLWAY_USER_FILES" placeholder:"SIZE" help:"Bytes that a user's files may take, as 500MiB; 0 is no limit."`
	RoomFiles byteSize `default:"0" env:"HALLWAY_ROOM_FILES" placeholder:"SIZE" help:"Bytes that a room's files may take; 0 is no limit."`
	AllFiles  byteSize `default:"0" env:"HALLWAY_ALL_FILES" placeholder:"SIZE" help:"Bytes that all files may take; 0 is no limit."`
}

// filesOff is the value of --files that takes none.
const filesOff = "off"

// byteSize is a number of bytes in a flag.
type byteSize int64

// UnmarshalText reads a number of bytes, as 500MiB.
func (b *byteSize) UnmarshalText(text []byte) error {
	number, unit := string(text), int64(1)
	for i, suffix := range []string{"KiB", "MiB", "GiB", "TiB"} {
		if n, ok := strings.CutSuffix(number, suffix); ok {
			number, unit = n, 1<<(10*(i+1))
		}
	}
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil || n < 0 || n > math.MaxInt64/unit {
		return errors.New("must be a number of bytes, as 500MiB or 2GiB")
	}
	*b = byteSize(n * unit)
	return nil
}

// place returns the place of the files beside a database; "": they are off.
func (f *filesAtFlag) place(db *dbFlag) string {
	switch {
	case f.FilesAt == filesOff, f.FilesAt == "" && db.isPostgres():
		return ""
	case f.FilesAt == "":
		return db.DB + ".files"
	}
	return f.FilesAt
}

// openPlace opens a place of files. One in a folder is locked, unless it is opened beside a relay.
func openPlace(ctx context.Context, place string, beside bool) (files.Store, error) {
	switch {
	case strings.HasPrefix(place, s3.Scheme):
		return s3.Open(ctx, place)
	case strings.Contains(place, "://"):
		return nil, errors.New("only a folder and s3:// are known")
	case beside:
		return disk.OpenBeside(place)
	}
	return disk.Open(place)
}

// attachments holds the parts of a relay that takes files.
type attachments struct {
	files.Store
	server    *server.Files
	collector *collect.Collector
}

// checkFiles checks the flags of files before anything is opened.
func (s *serveCommand) checkFiles() error {
	for _, typ := range s.FileTypes {
		if !protocol.ValidType(typ) {
			return fmt.Errorf("--file-types: %q is no type such as image/* or application/pdf", typ)
		}
	}
	if s.place(&s.dbFlag) != "" && s.isPostgres() {
		return errors.New("--files: files need a database in a file")
	}
	if s.Scan != "" {
		if _, err := scan.New(s.Scan); err != nil {
			return fmt.Errorf("--scan: %w", err)
		}
	}
	return nil
}

// openFiles opens the place of the files; nil: they are off.
func (s *serveCommand) openFiles(ctx context.Context, store database, metrics *server.Metrics, log *slog.Logger) (*attachments, error) {
	place := s.place(&s.dbFlag)
	rows, ok := store.(rules.Files)
	if place == "" || !ok {
		return nil, nil
	}
	bytes, err := openPlace(ctx, place, false)
	if err != nil {
		return nil, fmt.Errorf("--files: %w", err)
	}
	secret, err := claim(ctx, rows, bytes)
	if err != nil {
		return nil, fmt.Errorf("--files: %w", err)
	}
	var scanner scan.Scanner
	if s.Scan != "" {
		if scanner, err = scan.New(s.Scan); err != nil {
			return nil, fmt.Errorf("--scan: %w", err)
		}
	}
	temp := "" // the system's
	if folder, ok := bytes.(*disk.Store); ok {
		temp = folder.Temp()
	}
	limits := rules.FileLimits{
		User: int64(s.UserFiles), Room: int64(s.RoomFiles), All: int64(s.AllFiles), Types: strings.Join(s.FileTypes, " "),
	}
	metrics.Files(rows, limits)
	return &attachments{
		Store: bytes,
		server: &server.Files{
			Rows: rows, Bytes: bytes, Limits: limits, NewKey: newFileKey, LinkKey: sha256.Sum256([]byte("hallway links " + secret)),
			Intake: intake.New(intake.Options{Store: bytes, Scanner: scanner, Temp: temp, Looked: metrics.Looked}),
		},
		collector: collect.New(collect.Options{Store: bytes, Rows: rows, Alone: !s.isPostgres(), Log: log, Swept: metrics.Swept}),
	}, nil
}

// claim makes a place of files the one of a database, and returns the database's secret.
func claim(ctx context.Context, rows rules.Files, place files.Store) (secret string, err error) {
	secret, err = rows.FilesName(ctx, rand.Text())
	if err != nil {
		return "", err
	}
	return secret, files.Claim(ctx, place, nameOfPlace(secret))
}

// nameOfPlace returns what a place of files is told of its database's secret.
func nameOfPlace(secret string) string {
	sum := sha256.Sum256([]byte("hallway files " + secret))
	return hex.EncodeToString(sum[:16])
}

// newFileKey returns a key for the bytes of a file.
func newFileKey() string {
	key := make([]byte, 20)
	_, _ = rand.Read(key) // never fails
	return hex.EncodeToString(key)
}
