package driver

import (
	"context"
	"errors"
	"time"

	"hallway/component/client"
)

// run is the owner's goroutine, the only one that calls the core.
func (d *Driver) run() {
	defer close(d.done)
	d.timer = time.NewTimer(0)
	d.timer.Stop()
	d.step(client.Started{Token: d.options.Token})
	for open := true; open; {
		d.tell()
		select {
		case ev := <-d.events:
			d.step(ev)
			d.stepPosted()
		case <-d.host.ready:
		case <-d.timer.C:
			d.step(client.TimerFired{})
		case <-d.closing:
			open = false
		}
		for _, ev := range d.host.take() {
			d.step(ev)
		}
	}
	d.step(client.Close{})
	d.tell()
	d.end()
}

// stepPosted takes the posted events, but no more than the channel holds, so that a busy
// connection cannot delay the host's next snapshot.
func (d *Driver) stepPosted() {
	for range shellEventsMax {
		select {
		case ev := <-d.events:
			d.step(ev)
		default:
			return
		}
	}
}

// step hands the core one event and carries out the effects.
func (d *Driver) step(ev client.Event) {
	d.own = append(d.own, ev)
	for len(d.own) > 0 {
		ev, d.own = d.own[0], d.own[1:]
		if opened, ok := ev.(client.Opened); ok && d.link != nil && opened.Gen == d.link.gen {
			d.link.opened = true
		}
		d.uploadEnded(ev)
		for _, effect := range d.core.Step(time.Now(), ev) {
			d.carryOut(effect)
		}
	}
}

// tell hands the host a snapshot, if the chat has changed.
func (d *Driver) tell() {
	if !d.changed {
		return
	}
	d.changed = false
	snapshot := d.core.Snapshot()
	d.told.Store(&snapshot)
	if d.options.OnChange != nil {
		d.options.OnChange(snapshot)
	}
}

func (d *Driver) carryOut(effect client.Effect) {
	switch e := effect.(type) {
	case client.LoadOutbox:
		d.loadOutbox(e.User)
	case client.TellPeers:
		d.peers.tell(e.Note)
	case client.SaveItem:
		d.saveItem(e.Item)
	case client.RemoveItem:
		d.removeItem(e.ID)
	case client.GetToken:
		go d.getToken()
	case client.Dial:
		d.dial(e.Gen)
	case client.Write:
		if d.link != nil && d.link.gen == e.Gen {
			d.link.write(e.Data)
		}
	case client.CloseSocket:
		if d.link != nil && d.link.gen == e.Gen {
			d.link.close(e.Code)
		}
	case client.FetchFile:
		d.loadFile(e)
	case client.Crypto:
		d.crypto(e)
	case client.Upload:
		d.upload(e)
	case client.AbortUpload:
		d.abortUpload(e.Req)
	case client.ForgetFile:
		d.blobs.forget(e.ID)
	case client.SetTimer:
		d.setTimer(e.At)
	case client.Changed:
		d.changed = true
	case client.Arrived, client.Refused, client.Warned, client.Acted, client.Reported, client.FileLoaded:
		if d.options.OnNews != nil {
			d.options.OnNews(e)
		}
	default:
		d.request(effect)
	}
}

// lane is a kind of request to the relay's REST interface. A new request supersedes the previous one in its lane.
type lane uint8

const (
	lanePage   lane = iota
	laneSearch      // pages of results
	laneReports
	lanePeople
	laneTurns
	laneDevices
	lanes // the number of lanes
)

// request makes a request to the relay's REST interface. The core gets the answer as an event.
func (d *Driver) request(effect client.Effect) {
	relay, room := d.options.Relay, d.options.Room
	switch e := effect.(type) {
	case client.FetchPage:
		l := lanePage
		if e.Query.Words != "" {
			l = laneSearch
		}
		d.fetch(l, func(ctx context.Context) client.Event { return fetchPage(ctx, relay, room, e) })
	case client.FetchReports:
		d.fetch(laneReports, func(ctx context.Context) client.Event { return fetchReports(ctx, relay, room, e) })
	case client.CloseReport:
		d.fetch(laneReports, func(ctx context.Context) client.Event { return closeReport(ctx, relay, room, e) })
	case client.FetchPeople:
		d.fetch(lanePeople, func(ctx context.Context) client.Event { return fetchPeople(ctx, relay, room, e) })
	case client.FetchTurns:
		d.fetch(laneTurns, func(ctx context.Context) client.Event { return fetchTurns(ctx, relay, room, e) })
	case client.FetchDevices:
		d.fetch(laneDevices, func(ctx context.Context) client.Event { return fetchDevices(ctx, relay, room, e) })
	default:
		panic("driver: the core asks for an effect that the driver does not know")
	}
}

func (d *Driver) key() Key {
	return Key{Relay: d.options.Relay, User: d.user, Room: d.options.Room}
}

func (d *Driver) loadOutbox(user string) {
	if d.user != user {
		d.user = user
		d.peers.share(d.key())
	}
	key := d.key()
	queued := d.keeper.do(func(ctx context.Context) client.Event {
		items, err := d.options.Storage.Load(ctx, key)
		return client.OutboxLoaded{User: user, Items: items, Err: err}
	})
	if !queued {
		d.own = append(d.own, client.OutboxLoaded{User: user, Err: ErrBusy})
	}
}

func (d *Driver) saveItem(item client.Item) {
	key := d.key()
	save, timeout := d.options.Storage.Save, storageTimeout
	if storage, ok := d.options.Storage.(FileStorage); ok && len(item.Files) > 0 {
		timeout = filesTimeout
		save = func(ctx context.Context, key Key, item client.Item) error {
			return d.saveFiles(ctx, storage, key, item)
		}
	}
	queued := d.keeper.doWithin(timeout, func(ctx context.Context) client.Event {
		if err := save(ctx, key, item); err != nil {
			return client.StorageFailed{ID: item.ID, Err: err, Full: errors.Is(err, ErrStorageFull)}
		}
		return client.ItemSaved{ID: item.ID}
	})
	if !queued {
		d.own = append(d.own, client.StorageFailed{ID: item.ID, Err: ErrBusy})
	}
}

// removeItem removes an item from the storage, without an answer. If that fails, the next start
// sends the item again without harm, and the relay answers with the stored message.
func (d *Driver) removeItem(id string) {
	key := d.key()
	d.keeper.do(func(ctx context.Context) client.Event {
		_ = d.options.Storage.Remove(ctx, key, id)
		return nil
	})
}

// getToken asks the host for a token. If the host ignores the context, a goroutine waits for it,
// but the chat does not.
func (d *Driver) getToken() {
	if d.options.GetToken == nil {
		d.post(client.TokenGot{Err: client.ErrNoToken})
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), tokenTimeout)
	defer cancel()
	got := make(chan client.TokenGot, 1)
	go func() {
		token, err := d.options.GetToken(ctx)
		got <- client.TokenGot{Token: token, Err: err}
	}()
	select {
	case ev := <-got:
		d.post(ev)
	case <-ctx.Done():
		d.post(client.TokenGot{Err: errTokenTimeout})
	case <-d.stopped:
	}
}

func (d *Driver) dial(gen int) {
	if d.link != nil {
		d.link.abort() // the core has closed it, or knows that it has ended
	}
	d.link = startLink(socketURL(d.options.Relay), gen, d.events)
}

// fetch starts a request, and ends the last one of its lane.
func (d *Driver) fetch(l lane, request func(ctx context.Context) client.Event) {
	if end := d.requests[l]; end != nil {
		end()
	}
	ctx, cancel := context.WithCancel(context.Background())
	d.requests[l] = cancel
	go func() {
		defer cancel()
		ev := request(ctx)
		if ctx.Err() == nil {
			d.post(ev)
		}
	}()
}

// setTimer sets the timer. The core's times contain Go's monotonic clock, so that a
// change of the device's clock does not move the timer. In a browser Go's runtime
// splits a wait that is too long for setTimeout.
func (d *Driver) setTimer(at time.Time) {
	if at.IsZero() {
		d.timer.Stop()
		return
	}
	d.timer.Reset(time.Until(at))
}

// end waits for the core's last effects, at most closeTimeout.
func (d *Driver) end() {
	defer d.peers.close() // at the end, so that the next owner finds all items saved
	close(d.stopped)
	d.timer.Stop()
	for _, end := range d.requests {
		if end != nil {
			end()
		}
	}
	for _, cancel := range d.uploads {
		cancel()
	}
	d.endLife()
	d.keeper.close()
	late := time.NewTimer(closeTimeout)
	defer late.Stop()
	var unlinked <-chan struct{}
	if d.link != nil {
		if !d.link.closed {
			d.link.abort()
		}
		unlinked = d.link.done
	}
	vaulted := (<-chan struct{})(nil)
	if d.vault != nil {
		d.vault.close()
		vaulted = d.vault.done
	}
	for _, ended := range []<-chan struct{}{d.keeper.done, vaulted, unlinked} {
		if ended == nil {
			continue
		}
		select {
		case <-ended:
		case <-late.C:
			if d.link != nil {
				d.link.abort()
			}
			return
		}
	}
}
