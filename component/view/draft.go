package view

import (
	"unicode/utf16"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

// counterPart says when the counter shows: when less than one in so many bytes is
// left.
const counterPart = 10

// keyReply goes on after a draft's key: the id of the message that it answers.
const keyReply = ":reply"

// draft is what is written and not sent, kept over a reload. It has the storage of
// the browser, not of the outbox: it is one text, wanted at once, and no loss if
// somebody empties it.
type draft struct{ key string }

// KeepDraft says under which key what is written is kept over a reload: another one
// for each relay, room and user.
func (c *Chat) KeepDraft(key string) {
	c.mu.Lock()
	c.key = key
	c.mu.Unlock()
	c.do(func(ctx app.Context) {
		c.openDraft(key)
		ctx.Update()
	})
}

// openDraft puts what was kept into the composer, unless something was written there
// meanwhile. What one user has written is not shown to the next.
func (c *Chat) openDraft(key string) {
	was := c.draft.key
	if key == was {
		return
	}
	c.draft.key = key
	if was == "" && c.input.Get("value").String() != "" {
		c.keepDraft()
		return
	}
	text, replyTo := c.draft.kept()
	c.mode = mode{replyTo: replyTo, answers: messageOf(&c.snap, replyTo)}
	c.write(text)
}

// keepDraft keeps what is written, or, while a message is edited, what was before:
// that is kept already.
func (c *Chat) keepDraft() {
	if c.mode.editing == "" {
		c.draft.keep(c.input.Get("value").String(), c.mode.replyTo)
	}
}

func (d draft) kept() (text, replyTo string) {
	return keptAt(d.key), keptAt(d.key + keyReply)
}

func (d draft) keep(text, replyTo string) {
	if d.key != "" {
		keepAt(d.key, text)
		keepAt(d.key+keyReply, replyTo)
	}
}

func keptAt(key string) (text string) {
	defer ignoreStorageError()
	if stored := app.Window().Get("localStorage").Call("getItem", key); !stored.IsNull() {
		text = stored.String()
	}
	return text
}

func keepAt(key, text string) {
	defer ignoreStorageError()
	storage := app.Window().Get("localStorage")
	if text == "" {
		storage.Call("removeItem", key)
	} else {
		storage.Call("setItem", key, text)
	}
}

// ignoreStorageError is for a storage that is full or denied: then the draft lives
// as long as the page.
func ignoreStorageError() { _ = recover() }

// bytesBetween is the size, in UTF-8, of what lies between two places of a text that
// are counted as a browser does, in UTF-16.
func bytesBetween(text string, from, to int) int {
	size, at := 0, 0
	for _, r := range text {
		if at >= from && at < to {
			size += len(string(r))
		}
		at += utf16.RuneLen(r)
	}
	return size
}
