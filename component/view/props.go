package view

import (
	"maps"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"hallway/component/client"
	"hallway/component/view/composer"
	"hallway/component/view/dom"
	"hallway/component/view/text"
	"hallway/protocol"
)

// Props connects a chat to the program around it. The functions are called on go-app's UI goroutine
// and must not block.
type Props struct {
	// Settings are the first ones.
	Settings Settings
	// OnReady, if set, is called when the chat is in the document.
	OnReady func()
	// Do hands what people do to the client's core.
	Do func(ev client.Event)
	// Send queues a text that was written, with the mentions in it, as an answer to the message with the id
	// replyTo or, for "", to none. After an error the text stays in the composer, and the chat says so.
	// files are those of the strip that go with it.
	Send func(text, replyTo string, mentions []protocol.Mention, files []string) error
	// Attach puts a file of the device, a File of the browser's, into the strip. width and height are of a picture, else 0.
	Attach func(file app.Value, width, height int64) error
}

// Settings are what may change while a chat runs.
type Settings struct {
	// Lang is the language as a BCP 47 tag. For a language that the chat does not speak it is English.
	Lang string
	// Texts replace words of the language, by their names.
	Texts map[string]string
	// Keys say which keys send.
	Keys composer.Keys
}

func (s *Settings) equal(other *Settings) bool {
	return s.Lang == other.Lang && s.Keys == other.Keys && maps.Equal(s.Texts, other.Texts)
}

// shared is what all parts of a chat read. Only the Chat writes it.
type shared struct {
	props    Props
	ctx      app.Context // of the Chat
	root     app.Value   // nil while not mounted
	settings Settings
	text     *text.Texts
	clock    text.Clock
	snap     client.Snapshot
	run      func(f func(app.Context)) // runs f on the UI goroutine, while mounted
}

// focusOn puts the keyboard at an element of the chat.
func (s *shared) focusOn(selector string) {
	if e := dom.Find(s.root, selector); !e.IsNull() {
		dom.Focus(e)
	}
}
