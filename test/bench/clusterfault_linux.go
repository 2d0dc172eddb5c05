package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"slices"
	"strconv"
	"time"
)

// lossPercent is the percentage of news that is lost.
const lossPercent = 1

// lossy is a proxy of a NATS server that loses some of the messages which the server delivers.
type lossy struct {
	listener net.Listener
	server   string
	percent  int
}

// newLossy starts a proxy, which ends with its listener.
func newLossy(server string, percent int) (*lossy, error) {
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &lossy{listener: listener, server: server, percent: percent}
	go p.accept()
	return p, nil
}

func (p *lossy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp4", p.server)
		if err != nil {
			_ = client.Close()
			continue
		}
		go func() {
			_, _ = io.Copy(server, client)
			_ = server.Close()
		}()
		go func() {
			_ = p.deliver(client, server)
			_ = client.Close()
		}()
	}
}

// deliver passes on the server's lines. A line "MSG subject sid [reply] bytes" has a payload behind it.
func (p *lossy) deliver(to io.Writer, from io.Reader) error {
	in, out := bufio.NewReaderSize(from, 1<<16), bufio.NewWriterSize(to, 1<<16)
	for {
		line, err := in.ReadSlice('\n')
		if err != nil {
			return err
		}
		payload, lost := 0, false
		if bytes.HasPrefix(line, []byte("MSG ")) {
			fields := bytes.Fields(line)
			if payload, err = strconv.Atoi(string(fields[len(fields)-1])); err != nil {
				return err
			}
			payload += len("\r\n")
			lost = rand.IntN(100) < p.percent
		}
		if lost {
			_, err = in.Discard(payload)
		} else if _, err = out.Write(line); err == nil {
			_, err = io.CopyN(out, in, int64(payload))
		}
		if err == nil && in.Buffered() == 0 {
			err = out.Flush()
		}
		if err != nil {
			return err
		}
	}
}

// clusterLoss measures relays with all news, and relays that lose some, in turns in one hot room. Both hear each other
// through the same kind of proxy, and in the end every client must have every message.
func (s *suite) clusterLoss(l *loop, b *backing) error {
	var rates [2]float64
	var fleets [2]*fleet
	var senders [2][]*client
	var proxies []*lossy
	defer func() {
		for _, p := range proxies {
			_ = p.listener.Close()
		}
		for _, f := range fleets {
			if f != nil {
				f.end()
			}
		}
	}()
	for i, percent := range []int{0, lossPercent} {
		proxy, err := newLossy(b.nats.Addr, percent)
		if err != nil {
			return err
		}
		proxies = append(proxies, proxy)
		if fleets[i], err = s.fleet(l, clusterRelays, b.flags(proxy.listener.Addr().String())); err != nil {
			return err
		}
		if senders[i], err = fleets[i].fill(newRoom(l, "bench-loss"), s.hot); err != nil {
			return err
		}
	}
	for turn := range s.slices {
		for i, f := range fleets {
			s.progress.step("cluster: %d %% of the news lost, turn %d of %d", i*lossPercent, turn+1, s.slices)
			rate, err := f.pour(senders[i], hotDepth, s.warm/2, s.slice)
			if err != nil {
				return err
			}
			rates[i] += rate / float64(s.slices)
		}
	}
	s.add(row{
		What:   fmt.Sprintf("%d relays, one room, %d %% of the news lost: durable echoes, everything told", clusterRelays, lossPercent),
		Figure: rates[1], Unit: "messages/s", Limit: rates[0], LimitWhat: "nothing lost", Target: 0.9, OfLimit: true,
	})
	return nil
}

// clusterNoBus measures the delay of messages at other relays while NATS is off.
func (s *suite) clusterNoBus(l *loop, b *backing) error {
	f, err := s.fleet(l, clusterRelays, b.flags(b.nats.Addr))
	if err != nil {
		return err
	}
	defer f.end()
	clients, err := f.fill(newRoom(l, "bench-nobus"), s.hot)
	if err != nil {
		return err
	}
	b.nats.Stop()
	s.progress.step("cluster: NATS is off for %v", s.busDown)
	err = f.sendLightly(clients[0], s.busDown)
	b.nats.Start()
	if err != nil {
		return err
	}
	if err := f.settle(); err != nil {
		return err
	}
	var all []time.Duration
	for _, v := range f.relays {
		all = slices.Concat(all, v.latencies)
	}
	s.add(row{
		What:   fmt.Sprintf("%d relays, NATS off for %v: p99 from send to delivery", clusterRelays, s.busDown),
		Figure: milliseconds(percentile(all, 0.99)), Unit: "ms", Target: 1000, AtMost: true,
		Note: fmt.Sprintf("p50 %s ms", short(milliseconds(percentile(all, 0.5)))),
	})
	return nil
}
