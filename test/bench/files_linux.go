package main

import (
	"fmt"
	"path/filepath"
	"syscall"
	"time"
)

// filesBench measures uploads: their rate, their memory, and how much pictures delay a chat. The relay decodes the pictures
// on its own core.
func (s *suite) filesBench() error {
	for i, step := range []func(*server) error{s.besidePictures, s.uploadMemory, s.uploadRate} {
		if err := s.withFiles(fmt.Sprintf("files-%d", i), step); err != nil {
			return err
		}
	}
	return nil
}

// withFiles starts a relay for a measurement.
func (s *suite) withFiles(name string, measure func(*server) error) error {
	l, err := newLoop()
	if err != nil {
		return err
	}
	defer l.close()
	v, err := s.serve(l, "relay", func(addr string) (*process, error) {
		return startProcess([]string{"HALLWAY_JWT_SECRET=" + secret},
			s.program, "serve", "--addr", addr, "--db", filepath.Join(s.folder, name+".db"),
			"--rate", "0", "--conns-per-user", "0", "--user-files", "0", "--log-level", "warn")
	})
	if err != nil {
		return err
	}
	defer v.end()
	return measure(v)
}

// besidePictures measures light load, alone and beside uploads of pictures, in turns.
func (s *suite) besidePictures(v *server) error {
	picture, err := s.drawPicture(s.side)
	if err != nil {
		return err
	}
	s.progress.step("files: %d clients connect", s.room)
	if err := v.fill(newRoom(v.loop, "bench"), s.room); err != nil {
		return err
	}
	var alone, beside []time.Duration
	var pictures float64
	var took time.Duration
	if err := v.runFor(s.warm); err != nil {
		return err
	}
	for turn := range s.slices {
		s.progress.step("files: 20 messages a second alone, turn %d of %d", turn+1, s.slices)
		if _, err := v.trickle(v.senders(s.senders), 2*s.slice); err != nil {
			return err
		}
		alone = append(alone, v.takeLatencies()...)
		s.progress.step("files: 20 messages a second beside %d uploads of pictures, turn %d of %d", s.pictures, turn+1, s.slices)
		uploads, within, err := s.besidePicture(v, picture)
		if err != nil {
			return err
		}
		beside = append(beside, v.takeLatencies()...)
		pictures += float64(uploads)
		took += within
	}
	p99 := func(d []time.Duration) float64 { return milliseconds(percentile(d, 0.99)) }
	s.add(row{
		What:   fmt.Sprintf("20 messages/s to %d beside %d uploads of pictures of %.0f megapixels: p99", s.room, s.pictures, s.megapixels()),
		Figure: p99(beside), Unit: "ms", Limit: p99(alone), LimitWhat: "alone", Target: 2, OfLimit: true, AtMost: true,
		Note: v.notes(fmt.Sprintf("p50 %s ms (alone %s ms)", short(milliseconds(percentile(beside, 0.5))), short(milliseconds(percentile(alone, 0.5))))),
	})
	s.add(row{
		What:   "thumbnails beside that load, two of each picture, on the relay's core",
		Figure: 2 * pictures / took.Seconds(), Unit: "thumbnails/s", Target: 1,
	})
	return nil
}

// besidePicture measures light load while a picture is uploaded again and again, and returns the number of uploads and their
// time. It waits for the uploads under way, so that there are some on a slow machine, too.
func (s *suite) besidePicture(v *server, picture string) (uploads int64, took time.Duration, err error) {
	began := time.Now()
	p, err := startUploads(s.self, uploadOrder{Addr: v.addr, Parallel: s.pictures, File: picture})
	if err != nil {
		return 0, 0, err
	}
	defer p.kill()
	if err := v.runFor(s.warm); err != nil {
		return 0, 0, err
	}
	if _, err = v.trickle(v.senders(s.senders), 2*s.slice); err != nil {
		return 0, 0, err
	}
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return 0, 0, err
	}
	ended := false
	v.every(5*time.Millisecond, func() bool {
		select {
		case <-p.ended:
			ended = true
		default:
		}
		return !ended
	})
	if err := v.run(5*time.Minute, func() bool { return ended }); err != nil {
		return 0, 0, err
	}
	report, err := uploadsOf(p)
	return report.Uploads, time.Since(began), err
}

func (s *suite) megapixels() float64 { return float64(s.side) * float64(s.side) / 1e6 }

// takeLatencies returns the times of the deliveries since its last call.
func (t *target) takeLatencies() []time.Duration {
	d := t.latencies
	t.latencies = nil
	return d
}

// uploadMemory measures the most memory of the relay while many large files come at once.
func (s *suite) uploadMemory(v *server) error {
	s.progress.step("files: memory with %d uploads of %d MiB at once", s.uploads, s.uploadBytes>>20)
	if err := v.runFor(s.idle); err != nil {
		return err
	}
	idle, err := v.process.residentBytes()
	if err != nil {
		return err
	}
	uploads, err := startUploads(s.self, uploadOrder{Addr: v.addr, Parallel: s.uploads, Bytes: s.uploadBytes, Once: true})
	if err != nil {
		return err
	}
	defer uploads.kill()
	most := idle
	ended := false
	v.every(5*time.Millisecond, func() bool {
		now, failed := v.process.residentBytes()
		if failed == nil {
			most = max(most, now)
		}
		select {
		case <-uploads.ended:
			ended = true
		default:
		}
		return !ended
	})
	if err := v.run(5*time.Minute, func() bool { return ended }); err != nil {
		return err
	}
	report, err := uploadsOf(uploads)
	if err != nil {
		return err
	}
	s.add(row{
		What:   fmt.Sprintf("memory above idle, the most with %d uploads of %d MiB at once", s.uploads, s.uploadBytes>>20),
		Figure: (most - idle) / (1 << 20), Unit: "MiB", Target: 64, AtMost: true,
		Note: fmt.Sprintf("idle %.0f MiB; %.0f MiB/s", idle/(1<<20), report.rate()*float64(s.uploadBytes)/(1<<20)),
	})
	return nil
}

// smallUpload is the size of the many small files.
const smallUpload = 64 << 10

// uploadRate measures how many small files are stored a second, durably.
func (s *suite) uploadRate(v *server) error {
	s.progress.step("files: uploads a second")
	uploads, err := startUploads(s.self, uploadOrder{Addr: v.addr, Parallel: 32, Bytes: smallUpload})
	if err != nil {
		return err
	}
	defer uploads.kill()
	raw, err := fdatasyncs(s.folder, true, s.slice)
	if err != nil {
		return err
	}
	if err := v.runFor(2 * s.slice); err != nil {
		return err
	}
	uploads.kill()
	report, err := uploadsOf(uploads)
	if err != nil {
		return err
	}
	s.add(row{
		What:   "uploads of 64 KiB, 32 at once",
		Figure: report.rate(), Unit: "uploads/s", Limit: raw, LimitWhat: "fdatasync of 8 KiB appended, beside them", Target: 0.02, OfLimit: true,
	})
	return nil
}
