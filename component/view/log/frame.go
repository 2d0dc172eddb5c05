package log

import (
	"strconv"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"hallway/component/view/dom"
	"hallway/component/view/text"
)

// freshMax is the highest number of new messages that the button to the end shows. For more it shows no
// number.
const freshMax = 999

// frame holds the elements around the rows.
type frame struct {
	scroller, more, empty, loading, jump app.Value // nil while not mounted
	drawn                                framing
}

// framing says which elements of a frame are shown.
type framing struct {
	text    *text.Texts
	earlier bool // the button for earlier messages
	loading bool // the button says that earlier messages are loading
	empty   bool // the note that there are no messages
	blank   bool // the skeleton in place of rows that are loading
	busy    bool
}

func (f *frame) mount(scroller app.Value) {
	part := func(class string) app.Value { return dom.Find(scroller, "."+class) }
	*f = frame{
		scroller: scroller, more: part("hallway-more"), empty: part("hallway-empty"),
		loading: part("hallway-loading"), jump: part("hallway-jump"),
	}
}

// speak sets the texts that change only with the language.
func (f *frame) speak(t *text.Texts) {
	dom.SetText(f.empty.Get("firstElementChild"), t.Say(text.Empty))
	dom.SetText(f.empty.Get("lastElementChild"), t.Say(text.WriteFirst))
}

// draw shows a framing, and reports whether it has changed.
func (f *frame) draw(is framing) (changed bool) {
	if is == f.drawn {
		return false
	}
	f.drawn = is
	says := text.Earlier
	if is.loading {
		says = text.EarlierLoading
	}
	f.more.Set("hidden", !is.earlier)
	dom.SetText(f.more, is.text.Say(says))
	f.empty.Set("hidden", !is.empty)
	f.loading.Set("hidden", !is.blank)
	dom.SetAttribute(f.scroller, "aria-busy", strconv.FormatBool(is.busy))
	return true
}

// hideJump hides the button to the end.
func (f *frame) hideJump() { f.jump.Set("hidden", true) }

// showJump shows the button to the end with a text.
func (f *frame) showJump(says string) {
	f.jump.Set("hidden", false)
	dom.SetText(f.jump, says)
}

// jumpText returns the text of the button to the end, for a number of new messages. more says that further
// messages are not loaded.
func jumpText(t *text.Texts, fresh int, more bool) string {
	switch {
	case fresh == 0:
		return t.Say(text.Latest)
	case fresh > freshMax || more:
		return t.Say(text.Fresh)
	}
	return t.Count(text.NewMessages, fresh)
}
