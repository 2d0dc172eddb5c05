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
	// Settings are the settings at the start.
	Settings Settings
	// OnReady, if set, is called when the chat is in the document.
	OnReady func()
	// Do hands an event to the client's core.
	Do func(ev client.Event)
	// Send queues a text with its mentions and with files of the strip, named by their ids. replyTo is the id of the
	// answered message, or "". After an error the text stays in the composer, and the chat shows a note.
	Send func(text, replyTo string, mentions []protocol.Mention, files []string) error
	// Attach puts a browser's File into the strip. width and height are 0 unless it is a picture.
	Attach func(file app.Value, width, height int64) error
}

// Settings holds the settings that may change while a chat runs.
type Settings struct {
	// Lang is the language as a BCP 47 tag. The chat shows English for a language that it does not have.
	Lang string
	// Texts replaces texts of the language, by their names.
	Texts map[string]string
	// Keys says which keys send.
	Keys composer.Keys
}

func (s *Settings) equal(other *Settings) bool {
	return s.Lang == other.Lang && s.Keys == other.Keys && maps.Equal(s.Texts, other.Texts)
}

// shared holds the state that all parts of a chat read. Only the Chat writes it.
type shared struct {
	props    Props
	ctx      app.Context // the Chat's context
	root     app.Value   // nil while not mounted
	settings Settings
	text     *text.Texts
	clock    text.Clock
	snap     client.Snapshot
	run      func(f func(app.Context)) // runs f on the UI goroutine, while mounted
}

// focusOn moves the focus to an element of the chat.
func (s *shared) focusOn(selector string) {
	if e := dom.Find(s.root, selector); !e.IsNull() {
		dom.Focus(e)
	}
}
