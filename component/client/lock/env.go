package lock

import (
	"time"

	"hallway/component/client"
	"hallway/component/client/step"
	"hallway/protocol"
)

// Config is what a lock must know from the start.
type Config struct {
	Room string
	// Enter is called when the room may be joined, or joined anew: the relay knows the device.
	Enter func()
	// Opened is called with what came of messages that were to be opened.
	Opened func(m *protocol.Message, said client.Said)
	// Rescan is called when messages that could not be opened are to be tried again.
	Rescan func()
}

// env is what every part is handed: the step under way, the connection, and the ops of the vault.
type env struct {
	step   *step.Step
	link   step.Link
	tokens step.Tokens
	cfg    Config

	jobs map[int]func(client.CryptoResult) // what goes on with the result of each op under way
}

// do begins an op. Then goes on with its result, which is nil if the op has failed.
func (e *env) do(op client.CryptoOp, then func(client.CryptoResult)) {
	req := e.step.Request()
	e.jobs[req] = then
	e.step.Emit(client.Crypto{Req: req, Op: op})
}

// done takes the result of an op.
func (e *env) done(ev client.CryptoDone) {
	then := e.jobs[ev.Req]
	if then == nil {
		return // of another user
	}
	delete(e.jobs, ev.Req)
	e.step.Changed = true
	if ev.Err != nil {
		ev.Result = nil
	}
	then(ev.Result)
}

// in returns the time after a while. It is called from everywhere: a copy at each place would make the page larger.
//
//go:noinline
func (e *env) in(wait time.Duration) time.Time { return e.step.Now.Add(wait) }

// earlyMax is how far ahead of this device's clock a certificate may begin: the clock may be slow.
const earlyMax = 24 * 60 * 60

// good reports whether a certificate is good now and opens the room.
func (e *env) good(cert *client.Certificate) bool {
	now := e.step.Now.Unix()
	return cert.Device != "" && cert.Role != "" && cert.From-earlyMax <= now && now < cert.Until
}
