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

// Lock is the state of one chat's encryption. New makes one.
type Lock struct {
	step   *step.Step
	link   step.Link
	tokens step.Tokens
	cfg    Config

	jobs map[int]func(client.CryptoResult) // what goes on with the result of each op under way

	device
	turns
	keys
	records
	contents
}

// New makes a lock of nobody.
func New(s *step.Step, link step.Link, tokens step.Tokens, cfg Config) *Lock {
	l := &Lock{step: s, link: link, tokens: tokens, cfg: cfg}
	l.Forget()
	return l
}

// Forget begins anew for another user.
func (l *Lock) Forget() {
	*l = Lock{
		step: l.step, link: l.link, tokens: l.tokens, cfg: l.cfg,
		jobs: map[int]func(client.CryptoResult){}, keys: keys{kids: map[string]bool{}},
		records:  records{certs: map[string]*record{}},
		contents: contents{edits: map[string]int64{}},
	}
}

// do begins an op. Then goes on with its result, which is nil if the op has failed.
func (l *Lock) do(op client.CryptoOp, then func(client.CryptoResult)) {
	req := l.step.Request()
	l.jobs[req] = then
	l.step.Emit(client.Crypto{Req: req, Op: op})
}

// Done takes the result of an op.
func (l *Lock) Done(ev client.CryptoDone) {
	then := l.jobs[ev.Req]
	if then == nil {
		return // of another user
	}
	delete(l.jobs, ev.Req)
	l.step.Changed = true
	if ev.Err != nil {
		ev.Result = nil
	}
	then(ev.Result)
}

// Interrupt forgets what hung on the connection.
func (l *Lock) Interrupt() {
	l.welcomed, l.registered, l.joined, l.making = false, false, false, false
	l.wantAt, l.makeAt, l.enterAt = time.Time{}, time.Time{}, time.Time{}
	l.interruptRecords()
}

// Deadline returns when Fire has something to do.
func (l *Lock) Deadline() time.Time {
	return step.Earliest(l.openAt, l.wantAt, l.makeAt, l.askAt, l.sealAt, l.reopen, l.enterAt)
}

// Fire does what is due.
func (l *Lock) Fire() {
	if l.step.Due(&l.openAt) {
		l.open(l.own.ID != "")
	}
	if l.step.Due(&l.wantAt) {
		if l.newest != nil && l.joined {
			l.tell(l.newest)
		}
		l.want()
	}
	if l.step.Due(&l.makeAt) {
		l.making = false
		l.makeTurn()
	}
	if l.step.Due(&l.askAt) {
		l.askNext()
	}
	l.step.Due(&l.sealAt)
	if l.step.Due(&l.reopen) {
		l.readBack.failed = false
		l.cfg.Rescan()
	}
	if l.step.Due(&l.enterAt) && !l.joined {
		l.enter()
	}
}

// Show puts what people see into a snapshot.
func (l *Lock) Show(s *client.Snapshot) {
	shown := &client.Lock{State: l.state(), Fleeting: l.fleeting, Readers: l.readers}
	if l.verified {
		shown.Code, shown.Out = l.code, l.newest.Out
	}
	s.Lock = shown
}

// state returns what stands in the way of writing.
func (l *Lock) state() client.LockState {
	switch {
	case l.joined && !l.encrypted:
		return client.LockMissing
	case l.own.ID == "":
		if l.failed {
			return client.LockNoDevice
		}
	case l.refused != "":
		return client.LockNoDevice
	case l.Kid() != "":
		return client.LockReady
	case l.newest != nil && l.isOut(l.user):
		return client.LockOut
	}
	return client.LockWaiting
}

// Refused takes the refusal of a frame of ours.
func (l *Lock) Refused(f *protocol.Error) {
	switch {
	case f.Of == "device":
		l.deviceRefused(f)
	case f.Of == "turn" && f.Code == protocol.CodeConflict:
		l.enter() // there is a turn that the relay has not told of
	case f.Of == "turn" && f.Code.Retryable():
		l.making, l.makeAt = false, l.step.ResendAt(l.step.Now, f)
	}
}
