package driver

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"hallway/component/client"
	"hallway/protocol"
)

// scriptedCore answers each event with the effects of its script, and records the
// events.
type scriptedCore struct {
	script func(ev client.Event) []client.Effect

	mu     sync.Mutex
	events []client.Event
	unread int
}

func (c *scriptedCore) Step(_ time.Time, ev client.Event) []client.Effect {
	c.mu.Lock()
	c.events = append(c.events, ev)
	c.unread++
	c.mu.Unlock()
	if c.script == nil {
		return nil
	}
	return c.script(ev)
}

// Snapshot contains the number of events so far.
func (c *scriptedCore) Snapshot() client.Snapshot {
	c.mu.Lock()
	defer c.mu.Unlock()
	return client.Snapshot{Unread: c.unread}
}

// heard returns the events of type E so far.
func heard[E client.Event](c *scriptedCore) (events []E) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, ev := range c.events {
		if e, ok := ev.(E); ok {
			events = append(events, e)
		}
	}
	return events
}

// when returns a script that answers events of one type.
func when[E client.Event](effects func(E) []client.Effect) *scriptedCore {
	return &scriptedCore{script: func(ev client.Event) []client.Effect {
		if e, ok := ev.(E); ok {
			return effects(e)
		}
		return nil
	}}
}

func TestStartAndClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &scriptedCore{}
		d := start(Options{Token: "t"}, c)
		synctest.Wait()
		d.Do(client.Hidden{})
		d.Do(client.Visible{})
		d.Close()
		d.Close()
		want := []client.Event{client.Started{Token: "t"}, client.Hidden{}, client.Visible{}, client.Close{}}
		if !reflect.DeepEqual(c.events, want) {
			t.Errorf("got %#v", c.events)
		}
		d.Do(client.Online{}) // harmless
		if _, err := d.Send("late"); !errors.Is(err, ErrClosed) {
			t.Errorf("send after close: %v", err)
		}
	})
}

func TestChangesAreToldOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gate := make(chan struct{})
		c := &scriptedCore{script: func(ev client.Event) []client.Effect {
			if _, ok := ev.(client.Hidden); ok {
				<-gate
			}
			return []client.Effect{client.Changed{}}
		}}
		var told []int
		d := start(Options{OnChange: func(s client.Snapshot) { told = append(told, s.Unread) }}, c)
		synctest.Wait()
		d.Do(client.Hidden{}) // OnChange blocks the owner
		synctest.Wait()
		for range 100 {
			d.Do(client.Online{})
		}
		close(gate)
		synctest.Wait()
		if want := []int{1, 2, 102}; !slices.Equal(told, want) {
			t.Errorf("the host received %v, want %v", told, want)
		}
		if got := d.Snapshot().Unread; got != 102 {
			t.Errorf("the last snapshot is %d", got)
		}
		d.Close()
		if last := told[len(told)-1]; last != 103 {
			t.Errorf("the last snapshot is %d: the host has not received the one after the close", last)
		}
	})
}

func TestEffectsKeepTheirOrder(t *testing.T) {
	var order []string
	c := when(func(client.Started) []client.Effect {
		return []client.Effect{
			client.Arrived{Message: &protocol.Message{ID: "1"}},
			client.Changed{},
			client.Refused{ID: "2"},
			client.Arrived{Message: &protocol.Message{ID: "3"}},
		}
	})
	d := start(Options{
		OnNews: func(e client.Effect) {
			switch e := e.(type) {
			case client.Arrived:
				order = append(order, "arrived "+e.Message.ID)
			case client.Refused:
				order = append(order, "refused "+e.ID)
			}
		},
		OnChange: func(client.Snapshot) { order = append(order, "changed") },
	}, c)
	d.Close()
	if want := []string{"arrived 1", "refused 2", "arrived 3", "changed"}; !slices.Equal(order, want) {
		t.Errorf("got %q", order)
	}
}

func TestSend(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gate := make(chan struct{})
		c := when(func(client.Hidden) []client.Effect { <-gate; return nil })
		d := start(Options{}, c)
		first, err := d.Send("one")
		if err != nil {
			t.Fatal(err)
		}
		second, err := d.Send("two")
		if err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		want := []client.SendText{{ID: first, Text: "one"}, {ID: second, Text: "two"}}
		if got := heard[client.SendText](c); !reflect.DeepEqual(got, want) || first == second {
			t.Errorf("got %v, want %v", got, want)
		}

		d.Do(client.Hidden{})
		synctest.Wait()
		for range hostEventsMax {
			if _, err := d.Send("many"); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := d.Send("one too many"); !errors.Is(err, ErrBusy) {
			t.Errorf("got %v", err)
		}
		close(gate)
		d.Close()
	})
}

func TestTimer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		var fired []time.Duration
		at := map[time.Duration]time.Time{
			0:               begin.Add(time.Minute),
			2 * time.Second: begin.Add(5 * time.Second), // replaces the minute
			5 * time.Second: begin.Add(time.Second),     // in the past
		}
		c := &scriptedCore{script: func(ev client.Event) []client.Effect {
			now := time.Since(begin)
			if _, ok := ev.(client.TimerFired); ok {
				fired = append(fired, now)
			}
			set := at[now]
			delete(at, now)
			if !set.IsZero() {
				return []client.Effect{client.SetTimer{At: set}}
			}
			return nil
		}}
		d := start(Options{}, c)
		time.Sleep(2 * time.Second)
		d.Do(client.Online{})
		time.Sleep(10 * time.Second)
		d.Close()
		if want := []time.Duration{5 * time.Second, 5 * time.Second}; !slices.Equal(fired, want) {
			t.Errorf("fired after %v, want %v", fired, want)
		}
	})
}

func TestStoppedTimer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &scriptedCore{script: func(ev client.Event) []client.Effect {
			switch ev.(type) {
			case client.Started:
				return []client.Effect{client.SetTimer{At: time.Now().Add(time.Second)}}
			case client.Online:
				return []client.Effect{client.SetTimer{}}
			}
			return nil
		}}
		d := start(Options{}, c)
		d.Do(client.Online{})
		time.Sleep(time.Minute)
		if fired := heard[client.TimerFired](c); len(fired) > 0 {
			t.Error("a stopped timer fired")
		}
		d.Close()
	})
}

func TestGetToken(t *testing.T) {
	errHost := errors.New("the host's login is over")
	tests := []struct {
		name string
		get  func(context.Context) (string, error)
		want client.TokenGot
	}{
		{"a token", func(context.Context) (string, error) { return "fresh", nil }, client.TokenGot{Token: "fresh"}},
		{"an error", func(context.Context) (string, error) { return "", errHost }, client.TokenGot{Err: errHost}},
		{"no way to get one", nil, client.TokenGot{Err: client.ErrNoToken}},
		{"a host that heeds the end", func(ctx context.Context) (string, error) {
			<-ctx.Done()
			return "", ctx.Err()
		}, client.TokenGot{Err: errTokenTimeout}},
		{"a host that does not", func(context.Context) (string, error) {
			time.Sleep(time.Hour)
			return "late", nil
		}, client.TokenGot{Err: errTokenTimeout}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := when(func(client.Started) []client.Effect { return []client.Effect{client.GetToken{}} })
				d := start(Options{GetToken: test.get}, c)
				time.Sleep(2 * tokenTimeout)
				got := heard[client.TokenGot](c)
				if len(got) == 1 && errors.Is(got[0].Err, context.DeadlineExceeded) {
					got[0].Err = errTokenTimeout // both timeouts end at the same time
				}
				if !slices.Equal(got, []client.TokenGot{test.want}) {
					t.Errorf("got %v, want %v", got, test.want)
				}
				d.Close()
				time.Sleep(time.Hour)
			})
		})
	}
}

// slowStorage delays its jobs, and records their order.
type slowStorage struct {
	takes time.Duration
	hangs bool // each job waits until its context ends
	used  []string
}

func (s *slowStorage) use(ctx context.Context, what string) error {
	if s.hangs {
		<-ctx.Done()
		return ctx.Err()
	}
	time.Sleep(s.takes)
	s.used = append(s.used, what)
	return nil
}

func (s *slowStorage) Load(ctx context.Context, key Key) ([]client.Item, error) {
	return []client.Item{{ID: "old"}}, s.use(ctx, "load "+key.User)
}

func (s *slowStorage) Save(ctx context.Context, key Key, item client.Item) error {
	return s.use(ctx, "save "+key.User+" "+item.ID)
}

func (s *slowStorage) Remove(ctx context.Context, key Key, id string) error {
	return s.use(ctx, "remove "+key.User+" "+id)
}

func (s *slowStorage) Close() error {
	s.used = append(s.used, "close")
	return nil
}

// savesWhatIsSent returns a core that loads the outbox of u1, and then stores every
// message.
func savesWhatIsSent() *scriptedCore {
	return &scriptedCore{script: func(ev client.Event) []client.Effect {
		switch ev := ev.(type) {
		case client.Started:
			return []client.Effect{client.LoadOutbox{User: "u1"}}
		case client.SendText:
			return []client.Effect{client.SaveItem{Item: client.Item{ID: ev.ID}}}
		case client.Discard:
			return []client.Effect{client.RemoveItem{ID: ev.ID}}
		}
		return nil
	}}
}

func TestStorageIsUsedInOrderAndBlocksNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &slowStorage{takes: time.Second}
		c := savesWhatIsSent()
		d := start(Options{Storage: s}, c)
		d.Do(client.SendText{ID: "a"})
		d.Do(client.Discard{ID: "a"})
		d.Do(client.SendText{ID: "b"})
		d.Do(client.Online{})
		synctest.Wait()
		if len(heard[client.Online](c)) != 1 {
			t.Error("the owner waits for the storage")
		}
		time.Sleep(3 * time.Second)
		synctest.Wait()
		if got := heard[client.ItemSaved](c); !slices.Equal(got, []client.ItemSaved{{ID: "a"}}) {
			t.Errorf("after 3 s: got %v", got)
		}
		loaded := []client.OutboxLoaded{{User: "u1", Items: []client.Item{{ID: "old"}}}}
		if got := heard[client.OutboxLoaded](c); !reflect.DeepEqual(got, loaded) {
			t.Errorf("got %v", got)
		}
		d.Close() // waits for the last save
		want := []string{"load u1", "save u1 a", "remove u1 a", "save u1 b", "close"}
		if !slices.Equal(s.used, want) {
			t.Errorf("got %q, want %q", s.used, want)
		}
	})
}

func TestHangingStorage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := savesWhatIsSent()
		d := start(Options{Storage: &slowStorage{hangs: true}}, c)
		for i := range 100 {
			d.Do(client.SendText{ID: strconv.Itoa(i)})
		}
		time.Sleep(storageTimeout)
		synctest.Wait()
		if loaded := heard[client.OutboxLoaded](c); len(loaded) != 1 || loaded[0].Err == nil {
			t.Errorf("got %v", loaded)
		}
		if failed := heard[client.StorageFailed](c); len(failed) != 100 {
			t.Errorf("%d of 100 saves failed within storageTimeout", len(failed))
		}

		d.Do(client.SendText{ID: "last"})
		synctest.Wait()
		begin := time.Now()
		d.Close()
		if took := time.Since(begin); took > closeTimeout {
			t.Errorf("the close took %v", took)
		}
		time.Sleep(storageTimeout)
	})
}

func TestFullStorageQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := savesWhatIsSent()
		d := start(Options{Storage: &slowStorage{hangs: true}}, c)
		synctest.Wait() // the load is under way
		for i := range jobsMax + 1 {
			d.Do(client.SendText{ID: strconv.Itoa(i)})
			synctest.Wait()
		}
		want := []client.StorageFailed{{ID: strconv.Itoa(jobsMax), Err: ErrBusy}}
		if got := heard[client.StorageFailed](c); !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
		d.Close()
		time.Sleep(storageTimeout)
	})
}
