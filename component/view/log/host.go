package log

import (
	"hallway/component/client"
	"hallway/component/view/action"
)

// Host is what a log needs of the chat around it. Its methods are called on the UI goroutine.
type Host interface {
	// Do hands an event to the client's core.
	Do(ev client.Event)
	// Act carries out an action on a message, by its id. The log offers the action for it.
	Act(does action.Action, id string)
	// FocusComposer puts the cursor into the composer.
	FocusComposer()
	// Tell shows a note for a while.
	Tell(note string)
	// Scrolled hears that people have scrolled.
	Scrolled()
	// MenuOpen reports whether the menu of a message is open.
	MenuOpen() bool
	// ReturnsFocus reports whether something that covered the log gives the focus back to it by
	// itself.
	ReturnsFocus() bool
}
