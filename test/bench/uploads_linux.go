package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"hallway/protocol"
	"hallway/relay/auth"
)

// uploadsVariable makes a process upload files; it holds the order.
const uploadsVariable = "HALLWAY_BENCH_UPLOADS"

// An uploadOrder tells a process of uploaders its task.
type uploadOrder struct {
	Addr     string
	Parallel int    // uploads at once, each by another user
	File     string // the file whose bytes are uploaded
	Bytes    int    // the number of random bytes to upload, if File is ""
	Once     bool   // each user uploads one file, and the process ends
}

// An uploadReport holds the numbers of uploads so far.
type uploadReport struct {
	Uploads, Failed int64
	Failure         string
	Seconds         float64
}

func (r uploadReport) rate() float64 { return float64(r.Uploads) / max(r.Seconds, 1e-9) }

// startUploads starts a process of uploaders beside this one.
func startUploads(self string, o uploadOrder) (*process, error) {
	order, err := json.Marshal(o)
	if err != nil {
		return nil, err
	}
	return startProcess([]string{uploadsVariable + "=" + string(order)}, self)
}

// uploadsOf returns the last report of an ended process of uploaders.
func uploadsOf(p *process) (r uploadReport, err error) {
	if err = json.Unmarshal([]byte(p.lastLine()), &r); err != nil {
		return r, fmt.Errorf("the uploads: %w: %s", err, p.output)
	}
	if r.Failed > 0 {
		err = fmt.Errorf("%d uploads failed: %s", r.Failed, r.Failure)
	}
	return r, err
}

// serveUploads runs uploaders; it is the main function of their process. The load goes first on the core that both share.
func serveUploads(order string) error {
	end := make(chan os.Signal, 1)
	signal.Notify(end, syscall.SIGTERM)
	var o uploadOrder
	if err := json.Unmarshal([]byte(order), &o); err != nil {
		return err
	}
	if err := bindLoad(); err != nil {
		return err
	}
	if err := unix.Setpriority(unix.PRIO_PROCESS, 0, crowdNice); err != nil {
		return os.NewSyscallError("setpriority", err)
	}
	body, err := o.body()
	if err != nil {
		return err
	}
	keeper, err := newKeeper()
	if err != nil {
		return err
	}
	u := uploaders{order: o, body: body, began: time.Now()}
	u.tell()
	go func() {
		<-end
		u.enough.Store(true)
	}()
	var work sync.WaitGroup
	for n := range o.Parallel {
		token, err := keeper.Issue(auth.Claims{
			Sub: fmt.Sprintf("uploader_%d", n), Role: protocol.RoleParticipant, Rooms: auth.Rooms{{Pattern: "bench*", Role: protocol.RoleParticipant}},
		}, time.Now().Add(tokenFor))
		if err != nil {
			return err
		}
		work.Go(func() { u.upload(token) })
	}
	work.Wait()
	u.tell()
	return nil
}

// body returns the bytes of a file.
func (o *uploadOrder) body() ([]byte, error) {
	if o.File != "" {
		return os.ReadFile(o.File)
	}
	b := make([]byte, o.Bytes)
	_, err := rand.NewChaCha8([32]byte{1}).Read(b)
	return b, err
}

// drawPicture returns the path of a picture like a photo, of side × side pixels: soft shapes with noise over them.
func (s *suite) drawPicture(side int) (path string, err error) {
	m := image.NewYCbCr(image.Rect(0, 0, side*5/4, side*4/5), image.YCbCrSubsampleRatio420)
	_, _ = rand.NewChaCha8([32]byte{1}).Read(m.Y)
	for i := range m.Y {
		m.Y[i] = byte(i/37)/2 + m.Y[i]/8
	}
	for i := range m.Cb {
		m.Cb[i], m.Cr[i] = byte(i/1013), byte(i/4099)
	}
	var b bytes.Buffer
	if err = jpeg.Encode(&b, m, &jpeg.Options{Quality: 85}); err != nil {
		return "", err
	}
	path = filepath.Join(s.folder, "picture.jpg")
	return path, os.WriteFile(path, b.Bytes(), 0o600)
}

// uploaders upload one body again and again.
type uploaders struct {
	order uploadOrder
	body  []byte
	began time.Time
	next  atomic.Int64

	enough atomic.Bool // each uploader ends after its upload

	mu     sync.Mutex
	report uploadReport
}

func (u *uploaders) upload(token string) {
	client := &http.Client{Transport: &http.Transport{}}
	for {
		err := u.put(client, token)
		u.mu.Lock()
		if err != nil {
			u.report.Failed++
			u.report.Failure = err.Error()
		} else {
			u.report.Uploads++
		}
		u.mu.Unlock()
		u.tell()
		if u.order.Once || err != nil || u.enough.Load() {
			return
		}
	}
}

func (u *uploaders) put(client *http.Client, token string) error {
	n := u.next.Add(1)
	url := fmt.Sprintf("http://%s/v1/rooms/bench/files/%08x-0000-4000-8000-%012x?name=a", u.order.Addr, os.Getpid(), n)
	req, err := http.NewRequest(http.MethodPut, url, bytes.NewReader(u.body))
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	res, err := client.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusCreated {
		err = fmt.Errorf("%s: %s", res.Status, answer)
	}
	return err
}

// tell prints a report.
func (u *uploaders) tell() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.report.Seconds = time.Since(u.began).Seconds()
	line, err := json.Marshal(u.report)
	if err == nil {
		fmt.Printf("%s\n", line)
	}
}
