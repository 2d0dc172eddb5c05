package main

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"strconv"
	"strings"
	"time"

	"hallway/files"
	"hallway/files/apart"
	"hallway/files/collect"
	"hallway/files/disk"
	"hallway/files/intake"
	"hallway/files/scan"
	"hallway/protocol"
	"hallway/relay/place"
	"hallway/relay/rules"
	"hallway/relay/server"
)

// filesAtFlag names the place of the bytes of files.
type filesAtFlag struct {
	FilesAt string `name:"files" env:"HALLWAY_FILES" placeholder:"PLACE" help:"Place of uploaded files: a folder, or s3://bucket/prefix?endpoint=https://s3.example.org&region=… with the keys in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; off refuses files. By default the folder <database>.files; with PostgreSQL off, because all relays on one database need the same place."`
}

// fileFlags hold the place, the scanner and the limits of uploaded files.
type fileFlags struct {
	filesAtFlag
	Scan      string   `env:"HALLWAY_SCAN" placeholder:"ADDRESS" help:"Scanner that every file must pass: tcp://host:3310 or unix:///path of ClamAV's clamd, or an http(s) URL that gets the bytes by POST and answers with 2xx if they are clean, with 403 if not. While it does not answer, files are refused."`
	FileTypes []string `env:"HALLWAY_FILE_TYPES" placeholder:"TYPE" help:"Accepted types of files, as image/* or application/pdf; may be repeated or separated by commas. By default all."`
	UserFiles byteSize `default:"2GiB" env:"HALLWAY_USER_FILES" placeholder:"SIZE" help:"Bytes that a user's files may take, as 500MiB; 0 is no limit."`
	RoomFiles byteSize `default:"0" env:"HALLWAY_ROOM_FILES" placeholder:"SIZE" help:"Bytes that a room's files may take; 0 is no limit."`
	AllFiles  byteSize `default:"0" env:"HALLWAY_ALL_FILES" placeholder:"SIZE" help:"Bytes that all files may take; 0 is no limit."`
}

// filesOff is the value of --files that switches files off.
const filesOff = "off"

// byteSize is a number of bytes in a flag.
type byteSize int64

// UnmarshalText parses a number of bytes, such as 500MiB.
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

// place returns the address of the place of a database's files; "" if they are off.
func (f *filesAtFlag) place(db *dbFlag) string {
	switch {
	case f.FilesAt == filesOff, f.FilesAt == "" && db.isPostgres():
		return ""
	case f.FilesAt == "":
		return db.DB + ".files"
	}
	return f.FilesAt
}

// attachments holds a relay's parts for files.
type attachments struct {
	files.Store
	server    *server.Files
	collector *collect.Collector
}

// checkFiles checks the file flags before anything is opened.
func (s *serveCommand) checkFiles() error {
	for _, typ := range s.FileTypes {
		if !protocol.ValidType(typ) {
			return fmt.Errorf("--file-types: %q is not a type such as image/* or application/pdf", typ)
		}
	}
	if s.Scan != "" {
		if _, err := scan.New(s.Scan); err != nil {
			return fmt.Errorf("--scan: %w", err)
		}
	}
	return nil
}

// openFiles opens the place of the files; nil if they are off.
func (s *serveCommand) openFiles(ctx context.Context, store database, metrics *server.Metrics, log *slog.Logger) (*attachments, error) {
	at := s.place(&s.dbFlag)
	rows, ok := store.(rules.Files)
	if at == "" && s.FilesAt == "" {
		log.Info("no --files: this relay takes no files; name a bucket or a folder that all relays on this database share")
	}
	if at == "" || !ok {
		return nil, nil
	}
	bytes, err := place.Open(ctx, at, s.sharing())
	if err != nil {
		return nil, fmt.Errorf("--files: %w", err)
	}
	secret, err := place.Claim(ctx, rows, bytes, s.sharing())
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
		if s.sharing() == place.Shared {
			log.Info("files are in a folder: every relay on this database needs this same folder", "folder", folder.Root())
		}
	}
	limits := rules.FileLimits{
		User: int64(s.UserFiles), Room: int64(s.RoomFiles), All: int64(s.AllFiles), Types: strings.Join(s.FileTypes, " "),
	}
	metrics.Files(rows, limits)
	// The clock of a bucket differs from this machine's.
	collecting := collect.Options{Store: bytes, Rows: rows, Alone: s.sharing() == place.Alone && temp != "", Log: log, Swept: metrics.Swept}
	if leases, ok := store.(rules.Shared); ok {
		holder := rand.Text()
		collecting.Turn = func(ctx context.Context) (bool, error) { return leases.Lease(ctx, jobFiles, holder, jobFilesTime) }
	}
	return &attachments{
		Store: bytes,
		server: &server.Files{
			Rows: rows, Bytes: bytes, Limits: limits, NewKey: place.NewKey, LinkKey: sha256.Sum256([]byte("hallway links " + secret)),
			Intake: intake.New(intake.Options{Store: bytes, Scanner: scanner, Temp: temp, Process: apart.Processor(), Processed: metrics.PictureProcessed}),
		},
		collector: collect.New(collecting),
	}, nil
}

const (
	// jobFiles names the job of the relay that deletes files for all relays, for jobFilesTime at a time.
	jobFiles     = "files"
	jobFilesTime = 15 * time.Second
)

// sharing returns which other processes may use the relay's place of files.
func (s *serveCommand) sharing() place.Sharing {
	if s.isPostgres() {
		return place.Shared
	}
	return place.Alone
}
