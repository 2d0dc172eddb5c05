package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"hallway/relay/auth"
)

const (
	// crowdPatience is the wait of a hostile client between two tries to connect.
	crowdPatience = 20 * time.Millisecond
	// crowdTick is the time between two checks of the flooding clients: a client that has written everything continues.
	crowdTick = 2 * time.Millisecond
	// crowdTell is the time between two lines that a crowd prints about itself.
	crowdTell = 200 * time.Millisecond
	// crowdNice is the nice value of a hostile crowd. It gives the good clients priority on the core that all clients share.
	crowdNice = 19
)

// A crowdOrder tells a hostile crowd its task.
type crowdOrder struct {
	Addr    string
	Kind    string // an attack, or allAttacks
	Clients int
}

// startCrowd starts a process of hostile clients beside this one.
func startCrowd(self string, o crowdOrder) (*process, error) {
	order, err := json.Marshal(o)
	if err != nil {
		return nil, err
	}
	return startProcess([]string{hostileVariable + "=" + string(order)}, self)
}

// lastLine returns the last line of an ended process's output.
func (p *process) lastLine() string {
	lines := bytes.Split(bytes.TrimSpace(p.output.Bytes()), []byte("\n"))
	return string(lines[len(lines)-1])
}

// A crowd is a process of hostile clients. It attacks until the process ends.
type crowd struct {
	*loop
	addr    string
	relay   *unix.SockaddrInet4
	keeper  *auth.Keeper
	members []*attacker

	dials, ends   int
	written, read int64
}

// serveCrowd runs a crowd; it is the main function of its process.
func serveCrowd(order string) error {
	var o crowdOrder
	if err := json.Unmarshal([]byte(order), &o); err != nil {
		return err
	}
	if _, err := openFiles(); err != nil {
		return err
	}
	if err := bindLoad(); err != nil {
		return err
	}
	if err := unix.Setpriority(unix.PRIO_PROCESS, 0, crowdNice); err != nil {
		return os.NewSyscallError("setpriority", err)
	}
	c, err := newCrowd(o)
	if err != nil {
		return err
	}
	for _, a := range c.members {
		a.dial()
	}
	c.every(crowdTick, c.goOn)
	c.every(crowdTell, func() bool {
		fmt.Printf("%d connections made, %d ended, %.1f MB written, %.1f MB read\n",
			c.dials, c.ends, float64(c.written)/1e6, float64(c.read)/1e6)
		return true
	})
	return c.run(time.Hour, func() bool { return false })
}

func newCrowd(o crowdOrder) (*crowd, error) {
	tcp, err := net.ResolveTCPAddr("tcp4", o.Addr)
	if err != nil {
		return nil, err
	}
	c := &crowd{addr: o.Addr, relay: &unix.SockaddrInet4{Port: tcp.Port, Addr: [4]byte(tcp.IP.To4())}}
	if c.loop, err = newLoop(); err != nil {
		return nil, err
	}
	if c.keeper, err = newKeeper(); err != nil {
		return nil, err
	}
	for i := range o.Clients {
		kind := &attacks[i%len(attacks)]
		if o.Kind != allAttacks {
			if kind = attackOf(o.Kind); kind == nil {
				return nil, fmt.Errorf("no attack has the name %q", o.Kind)
			}
		}
		c.members = append(c.members, &attacker{crowd: c, attack: kind, n: i})
	}
	return c, nil
}

// goOn lets the clients that have written everything write more.
func (c *crowd) goOn() bool {
	for _, a := range c.members {
		if a.socket == nil || a.socket.connecting || len(a.socket.out) > 0 || a.attack.more == nil || c.now < a.next {
			continue
		}
		a.next = c.now + a.attack.every
		a.rounds++
		a.write(a.attack.more(a))
	}
	return true
}

// An attacker is one hostile client. It ignores the relay's answers.
type attacker struct {
	crowd  *crowd
	attack *attack
	n      int // its number in the crowd
	rounds int // the calls of the attack's more so far, on all connections
	next   time.Duration
	token  string

	socket *socket
}

// source returns the client's own address.
func (a *attacker) source() *unix.SockaddrInet4 {
	return &unix.SockaddrInet4{Addr: [4]byte{127, 66, byte(a.n >> 8), byte(a.n)}}
}

func (a *attacker) dial() {
	a.crowd.dials++
	a.socket = a.crowd.loop.dialFrom(a.source(), a.crowd.relay, a)
}

func (a *attacker) write(p []byte) {
	a.crowd.written += int64(len(p))
	a.socket.write(p)
}

func (a *attacker) opened() {
	if a.attack.deaf {
		a.socket.deafen()
	}
	if a.attack.first == nil {
		return
	}
	if p := a.attack.first(a); a.socket != nil {
		a.write(p)
	}
}

func (a *attacker) received(data []byte) (int, error) {
	a.crowd.read += int64(len(data))
	if a.attack.leaves {
		return len(data), errLeft
	}
	return len(data), nil
}

func (a *attacker) ended(error) {
	a.crowd.ends++
	a.socket = nil
	a.crowd.after(crowdPatience, a.dial)
}
