package simulation

// A Regression is a seed that fails while the code has a fault.
// test/mutants plants most of them again and finds them by these seeds first.
// If a change of the simulation makes a seed miss its fault, `go run ./test/mutants -only NAME -seeds 100000` finds another.
type Regression struct {
	Name string // the fault
	Seed uint64
}

// Regressions holds the seeds that the tests run. The command also runs them, first, when it stops at the first failure.
var Regressions = []Regression{
	{"the next try's time changed in silence", 0},
	{"a rev was streamed that joined had counted in", 2055},
	{"an owner told of an item before it was saved, and the next owner wrote it", 120},
	{"an item that had come into the room was shown once more by a late word", 52},
	{"a lane stayed shut while any look-up was under way, for ever", 255},
	{"a lane forgot all but the first refused send, and the others were overtaken", 444},
	{"a page showed for ever what the owner had sent before the page's history began", 257},
	{"live was said with the composer closed, since a page was still on its way", 3179},
	{"an owner's list dropped what it had not been handed yet", 17046},
	{"an item of a page with a slow clock went before what the relay had refused", 37277},
	{"the last word of a dead owner left an item that nobody sent", 5154},
	{"an heir that did not load the outbox left what the dead owner had saved", 5224},
	{"a change was taken for done by what was shown before a break", 2780},
	{"what came beyond the window arrived again once it was edited", 684},
	{"a change took the place of the first of two that waited, and the second undid it", 2001874},
	{"no moderator made a turn again that the relay had told of and lost", 2001637},
	{"messages under a lost turn took the rate that the next turn needed", 2007488},
	{"a device that could not be checked was taken for unknown, for ever", 2006974},
	{"a lane stayed shut by a late refusal of an item that was given up", 2010906},
	{"an item that was discarded was shown again by a late word of its owner", 1000449},
	{"a turn that was written, told and lost before its page was told was not made again", 3000171},
	{"a turn led back past one of which its maker's relay had not heard", 3002250},
	{"a device that came from another relay was asked for no longer", 3002911},
	{"a stale item of another tab was never sealed anew", 3003104},
	{"an item that another tab had discarded was shown again by a late word of its owner", 3002854},
	{"a send that came after a join overtook one that was looked up at the join", 2020061},
	{"a stale item whose refusal was not the first of its round was never sealed anew", 2020639},
	{"a lane waited after a join for the second of two refused sends, which overtook the first", 3020121},
	{"a device that the relay had lost was not registered again", 3020550},
	{"an item that was in the room was handed to the next owner, behind later ones", 1040166},
	{"a message that was written during a join overtook one that was refused before it", 3050603},
	{"a device asked for a secret that its join was bringing, and was never asked for it again", 2004166},
	{"a tab that was opened after an item was discarded showed it, for the owner had not heard of that yet", 2200824},
	{"the maker of a turn whose result was lost was not asked for its secret", 3051195},
	{"a moderator whom another relay had told of, but not stored yet, was a participant from then on", 3110093},
	{"a frame covered skipped revs for a stream that began among them", 3108406},
	{"a reaction was taken for done by the answer to a message that was sent again", 3106062},
	{"messages were sealed while a turn was kept, although another tab had kept a higher one", 3124949},
	{"a turn was not verified any more once its secret had come", 3004117},
	{"re-uploaded messages hid the one that the relay waited for", 1000419},
	{"a late edit in place of a newer one stayed altered", 3140379},
	{"messages were written again before the answer to their last write", 3171976},
	{"an edit of a deleted message was bound to no place, and stored once an older database had the message again", 3320707},
	{"of more than fifty pinned messages none was shown", 3004505},
}
