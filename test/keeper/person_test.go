package keeper

import (
	"context"
	"slices"
	"testing"
	"time"

	"hallway/component/client"
	"hallway/component/driver"
	"hallway/component/vault"
	"hallway/e2ee/native"
	"hallway/test/relaytest"
)

// patience bounds every wait; no wait comes near it.
const patience = time.Minute

// person is a user with a device that lives as long as the chat.
type person struct {
	*driver.Driver
	t       *testing.T
	user    string
	changed chan struct{} // holds a token when there is a new snapshot
	files   chan client.FileLoaded
}

func enter(t *testing.T, relay *relaytest.Relay, h *host, room, user, role string) *person {
	t.Helper()
	p := &person{t: t, user: user, changed: make(chan struct{}, 1), files: make(chan client.FileLoaded, 1)}
	p.Driver = driver.Start(driver.Options{
		Relay: relay.URL(), Room: room, Token: token(t, user, role), Client: "hallway-keeper-test",
		Vault: vault.New(vault.Options{
			Cipher: native.New(nil), Relay: relay.URL(), Room: room, Now: time.Now,
			GetDevice:  func(_ context.Context, jkt string) (string, error) { return certify(h.key, user, role, jkt), nil },
			IssuerKeys: func(ctx context.Context) ([]byte, error) { return driver.Read(ctx, h.url) },
		}),
		OnNews: func(news client.Effect) {
			if f, ok := news.(client.FileLoaded); ok {
				p.files <- f
			}
		},
		OnChange: func(client.Snapshot) {
			select {
			case p.changed <- struct{}{}:
			default:
			}
		},
	})
	t.Cleanup(p.Close)
	return p
}

func token(t *testing.T, user, role string) string {
	t.Helper()
	return relaytest.Token(t, map[string]any{"sub": user, "name": user, "role": role, "rooms": []string{board, hall}})
}

// until waits until the person sees what is described.
func (p *person) until(what string, seen func(client.Snapshot) bool) {
	p.t.Helper()
	late := time.After(patience)
	for !seen(p.Snapshot()) {
		select {
		case <-p.changed:
		case <-late:
			s := p.Snapshot()
			p.t.Fatalf("%s waits for %s and sees %s, lock %+v, marks %v, texts %q", p.user, what, s.Status, s.Lock, s.Marks, textsOf(s))
		}
	}
}

func (p *person) untilReady() {
	p.t.Helper()
	p.until("the key", func(s client.Snapshot) bool { return s.Lock.State == client.LockReady })
}

// untilTexts waits until the room holds these texts, each opened and certain.
func (p *person) untilTexts(texts ...string) {
	p.t.Helper()
	p.until("the history", func(s client.Snapshot) bool { return slices.Equal(textsOf(s), texts) && len(s.Marks) == 0 })
}

// untilKeeper waits until the person sees a device of the keeper among the readers, and returns its id.
func (p *person) untilKeeper() (device string) {
	p.t.Helper()
	p.Do(client.ShowReaders{On: true})
	p.until("one device of the keeper among the readers", func(s client.Snapshot) bool {
		for _, r := range s.Lock.Readers {
			if r.User.ID == keeperUser && r.User.Name == nameOf(keeperUser) && len(r.Devices) == 1 {
				device = r.Devices[0]
			}
		}
		return device != ""
	})
	return device
}

func textsOf(s client.Snapshot) (texts []string) {
	for _, m := range s.Messages {
		texts = append(texts, m.Text)
	}
	return texts
}
