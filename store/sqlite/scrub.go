package sqlite

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"time"
)

// The store scrubs the database's file. With secure_delete SQLite overwrites what it deletes in a page, and a page
// that it frees. Where it moves rows between pages, copies stay in unused bytes of the page, and SQLite can only
// overwrite them by writing the whole file anew. So the store overwrites them in the file itself.
//
// Only a checkpoint writes to the file of a database in WAL mode. A scrub therefore holds the writer's connection and
// empties the log; until it ends, no other code writes to the file. It writes zeros only to unused bytes: a reader sees
// the same rows before and after, and so does the next process if the power fails in between. Then the writer drops its
// cached pages, which have the old bytes.

const (
	// scrubPages is the number of pages that are scrubbed between two checks of the clock.
	scrubPages = 64
	// scrubPagesMax is the number of pages from which on a page's first byte cannot distinguish a page with rows from
	// one with a part of a row. Larger databases are not scrubbed.
	scrubPagesMax = 1 << 25
	// pendingByte is the place of SQLite's locks: that page has no content.
	pendingByte = 1 << 30
	// walHeader and frameHeader are the sizes of the headers in a write-ahead log.
	walHeader, frameHeader = 32, 24
)

// scrubber scrubs the file of an open database.
type scrubber struct {
	// file stays open as long as the database: closing it would drop the locks that SQLite holds on the file in this
	// process.
	file *os.File
	log  string // path of the write-ahead log
}

func openScrubber(path string) (*scrubber, error) {
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	return &scrubber{file, path + "-wal"}, nil
}

// pageLayout holds the pages' layout from the header of a database.
type pageLayout struct {
	size   int    // the bytes of a page
	usable int    // the bytes of a page that SQLite uses
	pages  uint32 // the pages in the file
	free   uint32 // the first page of the list of free pages; 0: there is none
}

func (s *scrubber) layout() (l pageLayout, err error) {
	var h [100]byte
	if _, err := s.file.ReadAt(h[:], 0); err != nil {
		return l, err
	}
	info, err := s.file.Stat()
	if err != nil {
		return l, err
	}
	if l.size = int(binary.BigEndian.Uint16(h[16:])); l.size == 1 {
		l.size = 1 << 16
	}
	if l.size < 512 {
		return l, errors.New("the database has no header")
	}
	l.usable = l.size - int(h[20])
	l.pages = uint32(min(info.Size()/int64(l.size), scrubPagesMax))
	l.free = binary.BigEndian.Uint32(h[32:])
	return l, nil
}

// read reads a page.
func (s *scrubber) read(l pageLayout, page uint32, into []byte) error {
	_, err := s.file.ReadAt(into[:l.size], int64(page-1)*int64(l.size))
	return err
}

// unused returns the range of a page's bytes between its rows and the pointers to them; an empty range for a page
// without rows.
func (l pageLayout) unused(page uint32, b []byte) (from, to int) {
	header := 0
	if page == 1 {
		header = 100
	}
	size := 8
	switch b[header] {
	case 0x02, 0x05: // inner pages
		size = 12
	case 0x0a, 0x0d:
	default:
		return 0, 0
	}
	from = header + size + 2*int(binary.BigEndian.Uint16(b[header+3:]))
	if to = int(binary.BigEndian.Uint16(b[header+5:])); to == 0 {
		to = 1 << 16
	}
	if to > l.usable || from > to {
		return 0, 0
	}
	return from, to
}

func zeros(b []byte) bool {
	for _, x := range b {
		if x != 0 {
			return false
		}
	}
	return true
}

// freePages returns the free pages, each with the offset of its unused bytes: in a page that lists other free pages,
// they follow the list.
func (s *scrubber) freePages(l pageLayout) (map[uint32]int, error) {
	free := make(map[uint32]int)
	b := make([]byte, l.size)
	for trunk, n := l.free, uint32(0); trunk != 0 && trunk <= l.pages && n < l.pages; n++ {
		if err := s.read(l, trunk, b); err != nil {
			return nil, err
		}
		leaves := int(min(binary.BigEndian.Uint32(b[4:]), uint32(l.usable/4-2)))
		for i := range leaves {
			free[binary.BigEndian.Uint32(b[8+4*i:])] = 0
		}
		free[trunk] = 8 + 4*leaves
		trunk = binary.BigEndian.Uint32(b)
	}
	return free, nil
}

// stale returns the range of a page's bytes to overwrite; an empty one if there is nothing to overwrite.
func (l pageLayout) stale(page uint32, b []byte, free map[uint32]int) (from, to int) {
	from, to = l.unused(page, b)
	if at, ok := free[page]; ok {
		from, to = at, l.usable
	}
	if zeros(b[from:to]) {
		return 0, 0
	}
	return from, to
}

// find looks for pages to scrub, concurrently with all other work. The pages may have changed since.
func (s *scrubber) find(ctx context.Context) (pages []uint32, err error) {
	l, err := s.layout()
	if err != nil || l.pages >= scrubPagesMax {
		return nil, err
	}
	free, err := s.freePages(l)
	if err != nil {
		return nil, err
	}
	b := make([]byte, l.size)
	for page := uint32(1); page <= l.pages; page++ {
		if page%scrubPages == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		switch err := s.read(l, page, b); {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return pages, nil // the file has become shorter meanwhile
		case err != nil:
			return nil, err
		}
		if int64(page-1)*int64(l.size) == pendingByte {
			continue
		}
		if from, to := l.stale(page, b, free); from < to {
			pages = append(pages, page)
		}
	}
	return pages, nil
}

// logged returns the pages in the write-ahead log. No other code may write to the log meanwhile.
func (s *scrubber) logged() (pages []uint32, err error) {
	file, err := os.Open(s.log)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	l, err := s.layout()
	if err != nil {
		return nil, err
	}
	seen := make(map[uint32]bool)
	var frame [frameHeader]byte
	for at := int64(walHeader); ; at += frameHeader + int64(l.size) {
		switch _, err := file.ReadAt(frame[:], at); {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return pages, nil
		case err != nil:
			return nil, err
		}
		if page := binary.BigEndian.Uint32(frame[:]); page > 0 && !seen[page] {
			seen[page] = true
			pages = append(pages, page)
		}
	}
}

// scrub scrubs pages until the time is over, and returns the remaining ones. No other code may write to the file
// meanwhile, and the log must be empty.
func (s *scrubber) scrub(pages []uint32, over func() bool) (left []uint32, err error) {
	l, err := s.layout()
	if err != nil || l.pages >= scrubPagesMax {
		return nil, err
	}
	free, err := s.freePages(l)
	if err != nil {
		return pages, err
	}
	b, blank := make([]byte, l.size), make([]byte, l.size)
	for i, page := range pages {
		if i%scrubPages == scrubPages-1 && over() {
			return pages[i:], nil
		}
		if page > l.pages || int64(page-1)*int64(l.size) == pendingByte {
			continue
		}
		if err := s.read(l, page, b); err != nil {
			return pages[i:], err
		}
		from, to := l.stale(page, b, free)
		if from == to {
			continue
		}
		if _, err := s.file.WriteAt(blank[from:to], int64(page-1)*int64(l.size)+int64(from)); err != nil {
			return pages[i:], err
		}
	}
	return nil, nil
}

// scrubFile overwrites the unused bytes of all pages.
func (w *wiper) scrubFile(ctx context.Context) error {
	pages, err := w.scrubber.find(ctx)
	if err != nil {
		return fmt.Errorf("look for what to scrub: %w", err)
	}
	for first := true; first || len(pages) > 0; first = false {
		done := false
		for !done {
			if pages, done, err = w.scrubSlice(ctx, pages); err != nil {
				return fmt.Errorf("scrub the database: %w", err)
			}
			pause := slicePause * sliceTime
			if !done {
				pause = logBusyPause // a process reads, or writes from outside
			}
			if err := sleep(ctx, pause); err != nil {
				return err
			}
		}
	}
	return w.scrubber.file.Sync()
}

// scrubSlice scrubs some pages, and the recently written ones. It does nothing while another process uses the log.
func (w *wiper) scrubSlice(ctx context.Context, pages []uint32) (left []uint32, done bool, err error) {
	w.turn.Lock()
	defer w.turn.Unlock()
	conn, err := w.writer.Conn(ctx) // no other part of this process writes
	if err != nil {
		return pages, false, err
	}
	defer func() { _ = conn.Close() }()
	logged, err := w.scrubber.logged()
	if err != nil {
		return pages, false, err
	}
	pages = append(pages, logged...)
	slices.Sort(pages)
	pages = slices.Compact(pages)
	if emptied, err := w.truncateLog(ctx); err != nil || !emptied {
		return pages, false, err
	}
	if _, err := conn.ExecContext(ctx, `BEGIN IMMEDIATE`); err != nil { // no other process writes
		return pages, false, nil // it is retried
	}
	defer func() { _, _ = conn.ExecContext(ctx, `ROLLBACK`) }()
	if info, err := os.Stat(w.scrubber.log); err == nil && info.Size() > 0 {
		return pages, false, nil
	}
	began := w.clock()
	left, err = w.scrubber.scrub(pages, func() bool { return w.clock().Sub(began) > sliceTime })
	if err == nil {
		_, err = conn.ExecContext(ctx, `PRAGMA shrink_memory`)
	}
	return left, true, err
}

// truncateLog moves the write-ahead log into the database and cuts it, and reports whether it could.
func (w *wiper) truncateLog(ctx context.Context) (emptied bool, err error) {
	var busy bool
	var log, moved int
	err = w.checkpoints.db.QueryRowContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`).Scan(&busy, &log, &moved)
	if err != nil {
		return false, fmt.Errorf("empty the write-ahead log: %w", err)
	}
	return !busy, nil
}

// sleep waits, or returns the error of ctx if ctx ends before.
func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
