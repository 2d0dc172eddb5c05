package native_test

import (
	"bufio"
	"context"
	"encoding/json"
	"os"
	"sync"

	"hallway/component/client"
	"hallway/component/driver"
)

// clientVariable makes the test's own program a client: it holds a setting.
const clientVariable = "HALLWAY_TEST_CLIENT"

// setting is what a client needs to know.
type setting struct{ Relay, Token, Folder string }

// command is a line on a client's standard input. At its end the client closes
// its chat and ends.
type command struct {
	Send   string `json:",omitempty"`
	Older  bool   `json:",omitempty"`
	TryNow bool   `json:",omitempty"`
}

// report is a line on a client's standard output.
type report struct {
	View *view  `json:",omitempty"`
	Safe string `json:",omitempty"` // a text that is in the storage
}

// view is what the user of a client sees.
type view struct {
	Status     client.Status
	Loaded     bool
	MoreBefore bool
	Messages   []message
	Outbox     []string // texts
}

type message struct {
	Seq              int64
	ID, Sender, Text string
}

// runClient is a client's main function.
func runClient() {
	var s setting
	if err := json.Unmarshal([]byte(os.Getenv(clientVariable)), &s); err != nil {
		panic(err)
	}
	out := &reporter{encoder: json.NewEncoder(os.Stdout)}
	changed := make(chan struct{}, 1)
	d := driver.Start(driver.Options{
		Relay:   s.Relay,
		Room:    room,
		Token:   s.Token,
		Client:  "hallway-native-test",
		Storage: tellingStorage{newFileStorage(s.Folder), out},
		OnChange: func(client.Snapshot) {
			select {
			case changed <- struct{}{}:
			default:
			}
		},
	})
	go func() {
		for range changed {
			out.write(report{View: viewOf(d.Snapshot())})
		}
	}()
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		var c command
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			panic(err)
		}
		switch {
		case c.Older:
			d.Do(client.LoadOlder{})
		case c.TryNow:
			d.Do(client.TryNow{})
		default:
			if _, err := d.Send(c.Send); err != nil {
				panic(err)
			}
		}
	}
	d.Close()
}

func viewOf(s client.Snapshot) *view {
	v := &view{Status: s.Status, Loaded: s.Loaded, MoreBefore: s.MoreBefore}
	for _, m := range s.Messages {
		v.Messages = append(v.Messages, message{Seq: m.Seq, ID: m.ID, Sender: m.Sender.ID, Text: m.Text})
	}
	for _, own := range s.Outbox {
		v.Outbox = append(v.Outbox, own.Text)
	}
	return v
}

type reporter struct {
	mu      sync.Mutex
	encoder *json.Encoder
}

func (r *reporter) write(line report) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.encoder.Encode(line); err != nil {
		panic(err)
	}
}

// tellingStorage reports what is stored safely.
type tellingStorage struct {
	driver.Storage
	out *reporter
}

func (s tellingStorage) Save(ctx context.Context, key driver.Key, item client.Item) error {
	err := s.Storage.Save(ctx, key, item)
	if err == nil {
		s.out.write(report{Safe: item.Text})
	}
	return err
}
