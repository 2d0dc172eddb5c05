package native

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"os"
	"sync"

	"github.com/google/uuid"

	"hallway/component/client"
	"hallway/component/driver"
)

// clientVariable names the variable that makes the test's own program a client. It holds a setting.
const clientVariable = "HALLWAY_TEST_CLIENT"

// room is the room of all clients.
const room = "lobby"

// setting names a client's relay and the folder of its outbox.
type setting struct{ Relay, Token, Folder string }

// A command is a line on a client's standard input. When the input ends, the client closes its chat and ends.
type command struct {
	Send string `json:",omitempty"`
	// Files holds the names of files that go with the text; see fileContent.
	Files  []string `json:",omitempty"`
	Older  bool     `json:",omitempty"`
	TryNow bool     `json:",omitempty"`
}

// A report is a line on a client's standard output.
type report struct {
	View *View  `json:",omitempty"`
	Safe string `json:",omitempty"` // a text that is in the storage
}

// View is the state of a chat as its user sees it.
type View struct {
	Status     client.Status
	Reason     string
	Loaded     bool
	MoreBefore bool
	Messages   []Message
	Outbox     []string // texts
	Sent       int64    // bytes of uploads under way
}

// Message is a message that the user sees.
type Message struct {
	Seq              int64
	ID, Sender, Text string
}

// Texts returns the texts of the messages.
func (v View) Texts() (texts []string) {
	for _, m := range v.Messages {
		texts = append(texts, m.Text)
	}
	return texts
}

// runClient runs a client until its standard input ends.
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
		case len(c.Files) > 0:
			sendFiles(d, c)
		default:
			if _, err := d.Send(c.Send); err != nil {
				panic(err)
			}
		}
	}
	d.Close()
}

func viewOf(s client.Snapshot) *View {
	v := &View{Status: s.Status, Reason: s.Reason, Loaded: s.Loaded, MoreBefore: s.MoreBefore}
	for _, m := range s.Messages {
		v.Messages = append(v.Messages, Message{Seq: m.Seq, ID: m.ID, Sender: m.Sender.ID, Text: m.Text})
	}
	for _, item := range s.Outbox {
		v.Outbox = append(v.Outbox, item.Text)
		for _, f := range item.Files {
			v.Sent += f.Sent
		}
	}
	return v
}

// A reporter writes reports, one after another.
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

// tellingStorage is a storage that reports each safely stored item.
type tellingStorage struct {
	*fileStorage
	out *reporter
}

func (s tellingStorage) Save(ctx context.Context, key driver.Key, item client.Item) error {
	return s.tell(item, s.fileStorage.Save(ctx, key, item))
}

func (s tellingStorage) SaveFiles(ctx context.Context, key driver.Key, item client.Item, files map[string]driver.Blob) error {
	return s.tell(item, s.fileStorage.SaveFiles(ctx, key, item, files))
}

func (s tellingStorage) tell(item client.Item, err error) error {
	if err == nil {
		s.out.write(report{Safe: item.Text})
	}
	return err
}

// sendFiles sends a text with files.
func sendFiles(d *driver.Driver, c command) {
	send := client.SendText{ID: newID(), Text: c.Send}
	for _, name := range c.Files {
		f := client.Attachment{ID: newID(), Name: name, Size: int64(len(fileContent(name)))}
		if err := d.Attach(f, fileContent(name)); err != nil {
			panic(err)
		}
		send.Files = append(send.Files, f.ID)
	}
	d.Do(send)
}

func newID() string {
	id, err := uuid.NewV7()
	if err != nil {
		panic(err)
	}
	return id.String()
}

// fileBytes is about how many bytes a test's file has.
const fileBytes = 4 << 20

// fileContent returns the bytes of a test's file: its name, repeated.
func fileContent(name string) []byte {
	return bytes.Repeat([]byte(name+"\n"), fileBytes/(len(name)+1))
}
