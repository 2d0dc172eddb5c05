// Package intake receives the bytes of an upload, asks a scanner about them, determines their type, and stores them.
// The main type is [Intake].
//
// The bytes are received into a temporary file without a name, so that no upload takes more memory than a buffer, and a
// crash leaves no file. The stored bytes may differ from the received ones: pictures lose their metadata. Only a few
// uploads are inspected at once, so that decoding pictures leaves the processors to the chat.
//
// For another inspection of files, add it to [Intake.Store], after the scan.
//
// # What this package must not know
//
// Rooms, users, quotas, HTTP. The caller checks permissions before [Intake.Receive] and again before the file counts.
package intake

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"time"

	"hallway/files"
	"hallway/files/media"
	"hallway/files/scan"
)

// The refusals of an upload. Any other error is a failure of the machine.
var (
	// ErrReceive means that fewer bytes arrived than announced.
	ErrReceive = errors.New("the upload has ended too early")
	// ErrGone means that the client no longer waits.
	ErrGone = errors.New("the client no longer waits for the upload")
	// ErrScan means that the scanner has not answered.
	ErrScan = errors.New("the file cannot be scanned at present")
)

// FoundError means that the scanner has found malware.
type FoundError struct{ Name string }

func (e *FoundError) Error() string { return "the scanner has found " + e.Name }

// Options holds the settings of an intake.
type Options struct {
	Store   files.Store
	Scanner scan.Scanner // nil: nothing is scanned
	// Temp is the folder for uploads under way; "": the system's.
	Temp string
	// Slots is the number of pictures processed at once; 0: half the number of CPUs.
	Slots int
	// Process processes a picture; nil: [Process].
	Process Processor
	// Processed, if not nil, is called with the type of each picture and the time that it took.
	Processed func(typ string, took time.Duration)
}

// Intake receives and stores uploads. Its methods may be called from several goroutines.
type Intake struct {
	options Options
	slots   chan struct{}
}

// New returns an intake.
func New(o Options) *Intake {
	if o.Slots == 0 {
		o.Slots = max(1, runtime.GOMAXPROCS(0)/2)
	}
	if o.Process == nil {
		o.Process = Process
	}
	if o.Processed == nil {
		o.Processed = func(string, time.Duration) {}
	}
	return &Intake{options: o, slots: make(chan struct{}, o.Slots)}
}

// Upload is a received upload. The caller closes it.
type Upload struct {
	Sum  [sha256.Size]byte // of the received bytes
	Size int64
	// Gone, if not nil, reports whether the client no longer waits: then a picture is not processed.
	Gone func() bool
	temp *spool
}

// Close deletes the received bytes.
func (u *Upload) Close() { u.temp.close() }

// File describes a stored file.
type File struct {
	Blob          string
	Type          string
	Size          int64
	Width, Height int    // of pictures
	ThumbType     string // of the thumbnails that ThumbKey names; "": there are none
}

// ThumbKey returns the key of the thumbnail of a size.
func ThumbKey(blob string, size int) string { return fmt.Sprintf("%s-%d", blob, size) }

// FileOf returns the key of the file to which a key of Keys belongs.
func FileOf(key string) string {
	for _, size := range [...]int{media.ThumbSmall, media.ThumbLarge} {
		if file, ok := strings.CutSuffix(key, ThumbKey("", size)); ok {
			return file
		}
	}
	return key
}

// KeysOf returns the keys under which a file is stored, its own last. thumb is the type of its thumbnails, or "".
func KeysOf(blob, thumb string, width, height int64) (keys []string) {
	for _, size := range [...]int{media.ThumbSmall, media.ThumbLarge} {
		if thumb != "" && max(width, height) > int64(size) {
			keys = append(keys, ThumbKey(blob, size))
		}
	}
	return append(keys, blob)
}

// Keys returns the keys under which a file may be stored: its own and those of its thumbnails.
func Keys(blob string) []string {
	return []string{blob, ThumbKey(blob, media.ThumbSmall), ThumbKey(blob, media.ThumbLarge)}
}

// Receive reads size bytes of r. The error is ErrReceive if r has fewer, or that of r.
func (in *Intake) Receive(r io.Reader, size int64) (u *Upload, err error) {
	temp, err := newSpool(in.options.Temp)
	if err != nil {
		return nil, err
	}
	u = &Upload{Size: size, temp: temp}
	sum := sha256.New()
	n, err := io.Copy(struct{ io.Writer }{io.MultiWriter(temp, sum)}, struct{ io.Reader }{io.LimitReader(r, size)})
	if err == nil && n < size {
		err = ErrReceive
	}
	if err == nil {
		err = temp.flush()
	}
	if err != nil {
		u.Close()
		return nil, err
	}
	sum.Sum(u.Sum[:0])
	return u, nil
}

// Store scans the upload, determines its type and stores it under the key blob, and its thumbnails under the keys of ThumbKey.
// The error may be ErrScan, a FoundError, or media.ErrPicture. After an error some of the keys may be stored: the caller
// deletes them.
func (in *Intake) Store(ctx context.Context, u *Upload, blob string) (f File, err error) {
	if s := in.options.Scanner; s != nil {
		clean, found, err := s.Scan(ctx, u.temp.reader(), u.Size)
		switch {
		case err != nil:
			return f, errors.Join(ErrScan, err)
		case !clean:
			return f, &FoundError{found}
		}
	}
	typ, err := media.Sniff(u.temp, u.Size)
	if err != nil {
		return f, err
	}
	if media.IsPicture(typ) {
		return in.storePicture(ctx, u, blob, typ)
	}
	f = File{Blob: blob, Type: typ, Size: u.Size}
	return f, in.options.Store.Put(ctx, blob, u.temp.reader(), u.Size)
}

// storePicture processes a picture and stores it with its thumbnails.
func (in *Intake) storePicture(ctx context.Context, u *Upload, blob, typ string) (f File, err error) {
	made, err := newSpools(in.options.Temp, 3)
	defer made.close()
	if err != nil {
		return f, err
	}
	clean, large, small := made[0], made[1], made[2]
	picture, err := in.process(ctx, u, typ, Pictures{In: u.temp.file, Clean: clean.file, Large: large.file, Small: small.file})
	if err != nil {
		return f, err
	}
	f = File{Blob: blob, Type: picture.Type, Width: picture.Width, Height: picture.Height, ThumbType: picture.ThumbType}
	parts := map[string]*spool{blob: clean, ThumbKey(blob, media.ThumbLarge): large, ThumbKey(blob, media.ThumbSmall): small}
	for _, key := range KeysOf(blob, f.ThumbType, int64(f.Width), int64(f.Height)) {
		part := parts[key]
		if err := part.measure(); err != nil {
			return f, err
		}
		if err := in.options.Store.Put(ctx, key, part.reader(), part.size); err != nil {
			return f, err
		}
	}
	f.Size = clean.size
	return f, nil
}

// goneEvery is the time between two checks whether the client still waits.
const goneEvery = 200 * time.Millisecond

// process waits for a slot and processes a picture, as long as the client of the upload waits.
func (in *Intake) process(ctx context.Context, u *Upload, typ string, p Pictures) (picture media.Picture, err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	if u.Gone != nil {
		go watchGone(ctx, u.Gone, cancel)
	}
	select {
	case in.slots <- struct{}{}:
	case <-ctx.Done():
		return media.Picture{}, context.Cause(ctx)
	}
	began := time.Now()
	defer func() {
		<-in.slots
		in.options.Processed(typ, time.Since(began))
	}()
	if picture, err = in.options.Process(ctx, typ, p); err != nil && ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	return picture, err
}

// watchGone cancels with ErrGone once gone is true.
func watchGone(ctx context.Context, gone func() bool, cancel context.CancelCauseFunc) {
	tick := time.NewTicker(goneEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
		if gone() {
			cancel(ErrGone)
		}
	}
}

// Delete deletes a file that Store has stored, perhaps in part.
func (in *Intake) Delete(ctx context.Context, blob string) error {
	return Delete(ctx, in.options.Store, blob)
}

// Delete deletes a file with its thumbnails. The file itself is deleted last: as long as it is listed, something is
// left to delete.
func Delete(ctx context.Context, s files.Store, blob string) error {
	keys := Keys(blob)
	for i := range keys {
		if err := s.Delete(ctx, keys[len(keys)-1-i]); err != nil {
			return err
		}
	}
	return nil
}
