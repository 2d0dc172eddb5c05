package overlay

import (
	"strings"
	"unicode/utf8"

	"hallway/component/client"
	"hallway/component/view/action"
	"hallway/component/view/dom"
	"hallway/component/view/text"
	"hallway/protocol"
)

// Describe asks for the alternative text of a picture that the user attaches.
func (o *Overlay) Describe(f *client.Attachment) {
	if o.root == nil {
		return
	}
	o.menu.close()
	d := &o.dialog
	input := dom.New("input", "hallway-field")
	input.Set("dir", "auto")
	input.Set("maxLength", protocol.AltBytesMax)
	input.Set("value", f.Alt)
	id := f.ID
	d.asks, d.length, d.reason = action.Describe, nil, input
	d.yes = func() {
		d.do(client.DescribeFile{ID: id, Alt: altOf(input.Get("value").String())})
	}
	save := harmless(action.Button(action.Confirm, d.text.Say(text.Save)))
	d.show("", "dialog", d.text.Say(text.DescribeAsk), dom.Bidi("hallway-dialog-quote", text.ShownName(f.Name)),
		note(d.text.Say(text.DescribeNote)), field(d.text.Say(text.Description), input),
		buttons(action.Button(action.Close, d.text.Say(text.Cancel)), save))
	input.Call("focus")
}

// altOf returns an alternative text as a relay takes it, in protocol.AltBytesMax bytes.
func altOf(written string) string {
	alt := strings.TrimSpace(written)
	if protocol.Blank(alt) {
		return ""
	}
	for len(alt) > protocol.AltBytesMax {
		_, size := utf8.DecodeLastRuneInString(alt)
		alt = alt[:len(alt)-size]
	}
	return alt
}
