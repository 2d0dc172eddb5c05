package view

import (
	"unicode/utf16"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

// counterPart says when the counter shows: when less than one in so many bytes is
// left.
const counterPart = 10

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
	text := c.input.Get("value").String()
	if was == "" && text != "" {
		c.draft.keep(text)
		return
	}
	c.input.Set("value", c.draft.kept())
	c.fitInput()
	c.measure()
}

func (d draft) kept() (text string) {
	defer ignoreStorageError()
	if d.key == "" {
		return ""
	}
	if stored := app.Window().Get("localStorage").Call("getItem", d.key); !stored.IsNull() {
		text = stored.String()
	}
	return text
}

func (d draft) keep(text string) {
	defer ignoreStorageError()
	storage := app.Window().Get("localStorage")
	switch {
	case d.key == "":
	case text == "":
		storage.Call("removeItem", d.key)
	default:
		storage.Call("setItem", d.key, text)
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
