package lock

import (
	"time"

	"hallway/component/client"
	"hallway/component/client/step"
	"hallway/protocol"
)

// Config holds the settings of a lock.
type Config struct {
	Room string
	// Join joins the room, or joins it again after the relay has registered the device.
	Join func()
	// Opened takes the result of opening a message.
	Opened func(m *protocol.Message, said client.Said)
	// Rescan opens again the messages that could not be opened before.
	Rescan func()
}

// env holds the state that all parts share: the step, the connection, and the ops of the vault under way.
type env struct {
	step   *step.Step
	link   step.Link
	tokens step.Tokens
	cfg    Config

	jobs map[int]func(client.CryptoResult) // the continuation of each op under way, by request number
}

// do starts an op, and later calls then with its result, which is nil if the op has failed.
func (e *env) do(op client.CryptoOp, then func(client.CryptoResult)) {
	req := e.step.Request()
	e.jobs[req] = then
	e.step.Emit(client.Crypto{Req: req, Op: op})
}

// done hands the result of an op to its continuation.
func (e *env) done(ev client.CryptoDone) {
	then := e.jobs[ev.Req]
	if then == nil {
		return // the op was started for another user
	}
	delete(e.jobs, ev.Req)
	e.step.Changed = true
	if ev.Err != nil {
		ev.Result = nil
	}
	then(ev.Result)
}

// in returns the time that is wait from now.
func (e *env) in(wait time.Duration) time.Time { return e.step.Now.Add(wait) }

// wake sets a deadline to the time that is wait from now. It is not inlined, because it has many callers and the page would grow.
//
//go:noinline
func (e *env) wake(at *time.Time, wait time.Duration) { *at = e.step.Now.Add(wait) }

// earlyMax is the number of seconds by which a certificate may begin in the future: this device's clock may be slow.
const earlyMax = 24 * 60 * 60

// good reports whether a certificate is valid now and opens the room.
func (e *env) good(cert *client.Certificate) bool {
	now := e.step.Now.Unix()
	return cert.Device != "" && cert.Role != "" && cert.From-earlyMax <= now && now < cert.Until
}
