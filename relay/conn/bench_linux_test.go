package conn_test

import (
	"io"
	"net"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"hallway/relay/conn"
	"hallway/relay/hub"
)

// loop hands on what a sender says to its room, as the hub does: from one
// goroutine.
type loop struct{ events chan func() }

func (l *loop) handler(g hub.Group) conn.Handler { return &looped{l, g} }

type looped struct {
	loop  *loop
	group hub.Group
}

func (l *looped) Received(data []byte) {
	l.loop.events <- func() { l.group.Send([][]byte{data}) }
}
func (l *looped) Heard()  {}
func (l *looped) Closed() {}

// BenchmarkFanOut: a room of 1,000 with 10 senders in a closed loop; readers in
// the same process, which therefore take their share of the processors.
func BenchmarkFanOut(b *testing.B) {
	const members, senders = 1000, 10
	for name, kind := range kinds {
		b.Run(name, func(b *testing.B) {
			tr := kind.make()
			defer tr.Close()
			l := &loop{make(chan func(), 1024)}
			go func() {
				for ev := range l.events {
					ev()
				}
			}()
			defer close(l.events)
			g := tr.NewGroup("lobby")
			ln, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				b.Fatal(err)
			}
			defer ln.Close()
			clients := make([]*net.TCPConn, members)
			for i := range clients {
				c, err := net.Dial("tcp", ln.Addr().String())
				if err != nil {
					b.Fatal(err)
				}
				defer c.Close()
				clients[i] = c.(*net.TCPConn)
				nc, err := ln.Accept()
				if err != nil {
					b.Fatal(err)
				}
				added := make(chan struct{})
				go tr.Serve(nc, func(hc hub.Conn) conn.Handler {
					l.events <- func() { g.Add(hc); close(added) }
					return l.handler(g)
				})
				<-added
			}
			payload := make([]byte, 300)
			for i := range payload {
				payload[i] = 'x'
			}
			frame := text(string(payload))
			size := int64(4 + len(payload))
			var got atomic.Int64
			var wg sync.WaitGroup
			want := int64(b.N) * members
			var sent atomic.Int64
			b.ResetTimer()
			var ru0, ru1 syscall.Rusage
			syscall.Getrusage(0, &ru0)
			start := time.Now()
			for i, c := range clients {
				wg.Add(1)
				go func() {
					defer wg.Done()
					total := int64(b.N) * size
					buf := make([]byte, 64<<10)
					var n, acked int64
					if i < senders && sent.Add(1) <= int64(b.N) {
						c.Write(frame)
					}
					for n < total {
						k, err := c.Read(buf)
						if err != nil {
							if err != io.EOF {
								b.Error(err)
							}
							return
						}
						n += int64(k)
						if i < senders && n/size >= acked+senders {
							acked = n / size
							if sent.Add(1) <= int64(b.N) {
								c.Write(frame)
							}
						} else if i < senders && n/size >= sent.Load() && sent.Load() < int64(b.N) {
							if sent.Add(1) <= int64(b.N) {
								c.Write(frame)
							}
						}
					}
					got.Add(n / size)
				}()
			}
			wg.Wait()
			syscall.Getrusage(0, &ru1)
			d := time.Since(start).Seconds()
			b.ReportMetric(float64(want)/d, "deliveries/s")
		})
	}
}
