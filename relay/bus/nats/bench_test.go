package nats_test

import (
	"fmt"
	"runtime"
	"testing"

	"hallway/relay/bus"
	"hallway/relay/bus/bustest"
	"hallway/relay/bus/nats"
	"hallway/test/servers"
)

// counting sends a value for each news that it has heard.
type counting struct {
	*bustest.Relay
	heard chan struct{}
}

func (l *counting) Heard(bus.RelayID, bus.News) { l.heard <- struct{}{} }

// BenchmarkTell measures changes on their way from one relay to another, with a few in flight.
func BenchmarkTell(b *testing.B) {
	server := servers.NATS(b)
	open := func(id bus.RelayID) (*nats.Bus, *counting) {
		opened, err := nats.Open(nats.Config{Servers: []string{"nats://" + server.Addr}}, "one", id, quiet)
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(opened.Close)
		l := &counting{Relay: bustest.NewRelay(id), heard: make(chan struct{}, 1024)}
		opened.Join(l)
		return opened, l
	}
	teller, _ := open(1)
	hearer, heard := open(2)
	hearer.Listen("lobby")
	for !heard.Listens("lobby") {
		<-heard.Changed()
	}
	for _, flight := range []int64{1, 256} {
		b.Run(fmt.Sprint(flight, " in flight"), func(b *testing.B) {
			news := bustest.Change("lobby", 1)
			for told := range int64(b.N) {
				if told >= flight {
					<-heard.heard
				}
				teller.Tell(news)
			}
			for range min(flight, int64(b.N)) {
				<-heard.heard
			}
		})
	}
}

// BenchmarkListen measures the memory of a room that a relay listens to.
func BenchmarkListen(b *testing.B) {
	server := servers.NATS(b)
	opened, err := nats.Open(nats.Config{Servers: []string{"nats://" + server.Addr}}, "one", 1, quiet)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(opened.Close)
	l := bustest.NewRelay(1)
	opened.Join(l)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for i := range b.N {
		opened.Listen(fmt.Sprint("room-", i))
	}
	for last := fmt.Sprint("room-", b.N-1); !l.Listens(last); {
		<-l.Changed()
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/float64(b.N), "B/room")
}
