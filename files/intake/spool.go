package intake

import (
	"bufio"
	"io"
	"os"
)

// spool is a temporary file without a name.
type spool struct {
	file *os.File
	w    *bufio.Writer
	size int64
	name string // set if the system needs a name until the file is closed
}

const spoolBytes = 16 << 10

func newSpool(dir string) (*spool, error) {
	f, err := os.CreateTemp(dir, "hallway-upload-")
	if err != nil {
		return nil, err
	}
	s := &spool{file: f, w: bufio.NewWriterSize(f, spoolBytes)}
	if os.Remove(f.Name()) != nil {
		s.name = f.Name()
	}
	return s, nil
}

// Write implements io.Writer.
func (s *spool) Write(p []byte) (int, error) {
	n, err := s.w.Write(p)
	s.size += int64(n)
	return n, err
}

// ReadAt implements io.ReaderAt.
func (s *spool) ReadAt(p []byte, off int64) (int, error) {
	if err := s.flush(); err != nil {
		return 0, err
	}
	return s.file.ReadAt(p, off)
}

// Size returns the number of bytes.
func (s *spool) Size() int64 { return s.size }

// Restart empties it.
func (s *spool) Restart() error {
	s.w.Reset(s.file)
	s.size = 0
	if err := s.file.Truncate(0); err != nil {
		return err
	}
	_, err := s.file.Seek(0, io.SeekStart)
	return err
}

// measure reads the size of a file that another process has written.
func (s *spool) measure() error {
	info, err := s.file.Stat()
	if err == nil {
		s.size = info.Size()
	}
	return err
}

func (s *spool) flush() error { return s.w.Flush() }

func (s *spool) reader() *io.SectionReader { return io.NewSectionReader(s, 0, s.size) }

func (s *spool) close() {
	_ = s.file.Close()
	if s.name != "" {
		_ = os.Remove(s.name)
	}
}

// spools are several.
type spools []*spool

func newSpools(dir string, n int) (all spools, err error) {
	for range n {
		one, err := newSpool(dir)
		if err != nil {
			return all, err
		}
		all = append(all, one)
	}
	return all, nil
}

func (s spools) close() {
	for _, one := range s {
		one.close()
	}
}
