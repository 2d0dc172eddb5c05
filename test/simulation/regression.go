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
	{"the time of the next try changed without an effect", 0},
	{"the stream sent a rev that was not above the head in joined", 2055},
	{"an owner told other tabs of an item before it was saved, and the next owner sent it", 120},
	{"a late note of another tab showed an item again that was already in the room", 52},
	{"a lane stayed shut for ever because it waited for all look-ups", 255},
	{"a lane remembered only the first refused send, and later sends overtook the others", 444},
	{"a page showed an item for ever that the owner had sent before the page's history began", 257},
	{"a chat was live with a closed composer, because a page of history was still missing", 3179},
	{"an owner's list dropped items that it had not been handed yet", 17046},
	{"an item of a page with a slow clock was placed before a refused one", 37277},
	{"after the last note of a dead owner nobody sent an item", 5154},
	{"a new owner did not load the outbox, and left the items of the dead owner", 5224},
	{"a state from before a break ended a change that the relay did not have", 2780},
	{"a message beyond the window arrived again when it was edited", 684},
	{"a change replaced the first of two waiting ones, and the second undid it", 2001874},
	{"no moderator made a turn again after the relay had told and lost it", 2001637},
	{"messages with the key of a lost turn used up the rate that the next turn needed", 2007488},
	{"a device that could not be checked stayed unknown for ever", 2006974},
	{"a late refusal of a discarded item kept a lane shut", 2010906},
	{"a late note of its owner showed a discarded item again", 1000449},
	{"a turn that the relay had stored and lost, before its page was told of it, was not made again", 3000171},
	{"a turn skipped another one of which its maker's relay had no news", 3002250},
	{"a relay no longer asked for the key of a device that came from another relay", 3002911},
	{"an item of another tab with an old key was never sealed again", 3003104},
	{"a late note of its owner showed an item again that another tab had discarded", 3002854},
	{"a send after a join overtook one that was looked up during the join", 2020061},
	{"an item with an old key was never sealed again if its refusal was not the first of its round", 2020639},
	{"after a join a lane waited for the second of two refused sends, which overtook the first", 3020121},
	{"a device that the relay had lost was not registered again", 3020550},
	{"the next owner got an item that was already in the room, behind later ones", 1040166},
	{"a message written during a join overtook one that was refused before it", 3050603},
	{"a device requested a secret that came with its join, and later did not get a missing one", 2004166},
	{"a new tab showed a discarded item, because the owner did not know yet that it was discarded", 2200824},
	{"after a turn's result was lost, its maker was not asked for the secret", 3051195},
	{"a moderator of whom another relay had told, without a stored rank yet, became a participant", 3110093},
	{"a frame covered skipped revs for a stream that had begun between these revs", 3108406},
	{"the answer to a resent message ended a reaction that the relay did not have", 3106062},
	{"messages were sealed while a turn was stored, although another tab had stored a higher one", 3124949},
	{"a turn was no longer verified after its secret had arrived", 3004117},
	{"messages with files to upload again hid the message for which the relay waited", 1000419},
	{"a late edit replaced a newer one and stayed altered", 3140379},
	{"messages were written again before the answer to their last write", 3171976},
	{"an edit of a deleted message was bound to no message, and was stored when a restore brought the message back", 3320707},
	{"a room with more than fifty pinned messages showed none", 3004505},
}
