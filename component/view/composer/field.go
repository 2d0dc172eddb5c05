package composer

import (
	"slices"
	"strings"
	"unicode/utf16"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"hallway/component/view/dom"
	"hallway/component/view/markup"
	"hallway/component/view/text"
	"hallway/protocol"
)

const (
	// rowsMax bounds the height of the field in lines. composer.css has the same number.
	rowsMax = 8
	// counterPart sets when the counter is shown: if less than 1/counterPart of the bytes is left.
	counterPart = 10
)

// field is the textarea. Only the textarea has the text; go-app does not know it.
type field struct {
	*shared
	input    app.Value          // nil while not mounted
	mentions []protocol.Mention // the mentions in the text
	of       string             // the text that the mentions belong to
	left     string             // the number of letters left, if it is low; otherwise ""
	tooLong  bool
	hadFocus bool // the field had the focus when it was disabled
}

//go:noinline
func (f *field) value() string { return f.input.Get("value").String() }

// write puts a text with mentions into the field.
func (f *field) write(written string, list []protocol.Mention) {
	f.input.Set("value", written)
	f.mentions, f.of = nil, written
	if protocol.MentionsFit(list, written) {
		f.mentions = slices.Clone(list)
	}
	f.fit()
	f.measure()
}

// follow updates the mentions after a change of the text.
func (f *field) follow() {
	written := f.value()
	f.mentions, f.of = moved(f.mentions, f.of, written), written
}

// fit sets the height of the field to the number of lines in the text. A browser with field-sizing does not need it.
func (f *field) fit() {
	lines := 1 + strings.Count(f.value(), "\n")
	f.input.Set("rows", min(lines, rowsMax))
}

// measure counts the letters left, and reports whether the counter changes.
func (f *field) measure() (changed bool) {
	if f.input == nil {
		return false
	}
	was, wasTooLong := f.left, f.tooLong
	f.left, f.tooLong = "", false
	most := f.Snap.TextBytesMax
	left := most - int64(len(f.value()))
	if most > 0 && left <= most/counterPart {
		f.left, f.tooLong = f.text.Count(text.Left, markup.LettersLeft(f.value(), int(left), dom.Graphemes)), left < 0
	}
	return f.left != was || f.tooLong != wasTooLong
}

// selection returns the bounds of the selected text in UTF-16 units. Without a selection both are the cursor's position.
func (f *field) selection() (from, to int) {
	return f.input.Get("selectionStart").Int(), f.input.Get("selectionEnd").Int()
}

// fits reports whether the message is short enough after a paste over the selection.
func (f *field) fits(pasted string) bool {
	written, most := f.value(), f.Snap.TextBytesMax
	from, to := f.selection()
	return most == 0 || int64(len(written)-bytesBetween(written, from, to)+len(pasted)) <= most
}

// insert inserts a text as if it were typed. silent is true if the browser sends no event for the change.
func (f *field) insert(typed string) (silent bool) {
	f.focus()
	if app.Window().Get("document").Call("insertText", typed).Bool() {
		return false
	}
	from, to := f.selection()
	f.input.Call("setRangeText", typed, from, to, "end")
	return true
}

// focus puts the cursor into the field.
func (f *field) focus() {
	if f.input != nil {
		dom.Focus(f.input)
	}
}

// keepFocus restores the focus of an enabled field, which it has lost by being disabled.
func (f *field) keepFocus() {
	if !f.Snap.ComposerOpen {
		f.hadFocus = f.input.Call("matches", ":focus").Bool()
		return
	}
	if f.hadFocus {
		f.ctx.Defer(func(app.Context) { f.focus() })
	}
}

// bytesBetween returns the size in UTF-8 of a part of a text. from and to are in UTF-16 units.
func bytesBetween(s string, from, to int) int {
	size, at := 0, 0
	for _, r := range s {
		if at >= from && at < to {
			size += len(string(r))
		}
		at += utf16.RuneLen(r)
	}
	return size
}

// unitsOf returns the length of a text in UTF-16 units.
func unitsOf(s string) (n int) {
	for _, r := range s {
		n += utf16.RuneLen(r)
	}
	return n
}
