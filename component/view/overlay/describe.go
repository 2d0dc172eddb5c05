package overlay

import (
	"slices"
	"unicode/utf8"

	"hallway/component/client"
	"hallway/component/view/action"
	"hallway/component/view/dom"
	"hallway/component/view/text"
	"hallway/protocol"
)

// askDescription opens the dialog for the alternative text of an attached picture.
func (d *dialog) askDescription(id string) {
	i := slices.IndexFunc(d.snap.Strip, func(f client.Attachment) bool { return f.ID == id })
	if i < 0 {
		return
	}
	f := &d.snap.Strip[i]
	input := dom.New("input", "hallway-field")
	input.Set("dir", "auto")
	input.Set("maxLength", protocol.AltBytesMax)
	input.Set("value", f.Alt)
	d.asks, d.file, d.length, d.reason = action.Describe, id, nil, input
	save := harmless(action.Button(action.Confirm, d.text.Say(text.Save)))
	d.show("", "dialog", d.text.Say(text.DescribeAsk), dom.Bidi("hallway-dialog-quote", text.ShownName(f.Name)),
		note(d.text.Say(text.DescribeNote)), field(d.text.Say(text.Description), input),
		buttons(action.Button(action.Close, d.text.Say(text.Cancel)), save))
	input.Call("focus")
}

// altOf returns a valid alternative text, cut to protocol.AltBytesMax bytes.
func altOf(written string) string {
	for len(written) > protocol.AltBytesMax {
		_, size := utf8.DecodeLastRuneInString(written)
		written = written[:len(written)-size]
	}
	return written
}
