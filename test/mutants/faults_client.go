package main

// clientFaults are the faults of the client's core.
var clientFaults = []mutant{
	// The outbox.
	{
		name: "outbox saved after the write", pkg: outbox, in: "Flush", checks: simulation,
		do: steps{always("a.stored")},
	},
	{
		name: "item removed at the write", pkg: outbox, in: "Flush", checks: simulation,
		do: steps{before("a.link.Write(b)", "a.step.Emit(client.RemoveItem{ID: e.ID})")},
	},
	{
		name: "sent before caught up", pkg: client, in: "mayWrite", checks: simulation,
		do: steps{always("a.HasReached()")},
	},
	{
		name: "window in flight without a bound", pkg: people, in: "InFlightMax", checks: simulation,
		do: steps{replace("protocol.InFlightMax", "client.OutboxMax")},
	},
	{
		name: "final refusal tried again", pkg: outbox, in: "Refused", checks: simulation,
		do: steps{replace("a.Code.Retryable()", "a.Code != protocol.CodeForbidden")},
	},
	{
		name: "new items before the old ones", pkg: outbox, in: "queue.add", checks: simulation,
		do: steps{always("a.Order > b.Order")},
	},
	{
		name: "item put before a refused one", pkg: outbox, in: "queue.add", checks: coreFirst,
		do: steps{replace("a.onWire", "a.inFlight")},
	},
	{
		name: "messages written again before their answers", pkg: outbox, in: "Flush", checks: core,
		do: steps{replace("a.awaits || a.refused", "a.awaits")},
	},
	// Files.
	{
		name: "message written before its files", pkg: outbox, in: "Flush", checks: simulation,
		do: steps{always("a.hasFiles()")},
	},
	{
		name: "file of a message stays in the strip", pkg: client, in: "sendText", checks: simulation,
		do: steps{drop("a.uploads.Taken(b)")},
	},
	{
		name: "refused uploads do not wait", pkg: uploads, in: "Uploads.pause", checks: simulation,
		do: steps{drop("a.resumeAt = b")},
	},
	{
		name: "an upload without an answer does not wait", pkg: uploads, in: "Uploads.delay", checks: core,
		do: steps{drop("a.resumeAt = b")},
	},
	{
		name: "uploads do not take the new token", pkg: uploads, in: "Uploads.TokenGot", checks: simulation,
		do: steps{replace("a.waits = false", "a.waits = true")},
	},
	// Tabs.
	{
		name: "lock ignored: two owners", pkg: outbox, in: "Tabs.writes", checks: simulation,
		do: steps{always("a.owns")},
	},
	{
		name: "new owner does not load the outbox", pkg: outbox, in: "Own", checks: coreFirst,
		do: steps{drop("a.reload = true"), never("a.ready")},
	},
	{
		name: "owner tells of an item before it is saved", pkg: outbox, in: "TellPeers", checks: simulation,
		do: steps{replace("a.peers && b.stored", "a.peers")},
	},
	{
		name: "late note brings an item back", pkg: outbox, in: "Acknowledge", checks: simulation,
		do: steps{drop("a.done.add(b)"), before("a.forget(b)", "a.done.add(b.ID)")},
	},
	{
		name: "new page retries failed items", pkg: outbox, in: "takeOver", checks: coreFirst,
		do: steps{always("a.Order > b.Order")},
	},
	{
		name: "list drops items that it was not handed", pkg: outbox, in: "prune", checks: coreFirst,
		do: steps{always("a.handed")},
	},
	{
		name: "new owner forgets items of the old one", pkg: outbox, in: "Heard", checks: coreFirst,
		do: steps{never("a.find(b) == nil")},
	},
	{
		name: "dead owner's note ignored", pkg: outbox, in: "Heard", checks: coreFirst,
		do: steps{never("a.State != client.ItemSent")},
	},
	{
		name: "sent items stay in other tabs", pkg: outbox, in: "mirror", checks: simulation,
		do: steps{replace("gone := a", "gone := false && a")},
	},
	{
		name: "item that an earlier owner has sent is kept", pkg: outbox, in: "mirror", checks: coreFirst,
		do: steps{never("a.Epoch != b")},
	},
	// Catch-up.
	{
		name: "caught up by pages only", pkg: catchUp, in: "Streamed", checks: coreFirst,
		do: steps{drop("a.reach()")},
	},
	{
		name: "cursor moved over an unread page", pkg: catchUp, in: "AppliedSince", checks: simulation,
		do: steps{never("a.More")},
	},
	{
		name: "gap ignored", pkg: catchUp, in: "Note", checks: simulation,
		do: steps{replace("a.moveTo(b)", "a.moveTo(rev)")},
	},
	{
		name: "epoch ignored", pkg: catchUp, in: "Continues", checks: simulation,
		do: steps{always("a.epoch == b")},
	},
	{
		name: "page of an old request taken", pkg: catchUp, in: "answered", checks: coreFirst,
		do: steps{never("a != b.number")},
	},
	{
		name: "live said too early", pkg: catchUp, in: "IsCaughtUp", checks: simulation,
		do: steps{always("a.cursor >= b.head")},
	},
	{
		name: "page before a live change is ignored", pkg: catchUp, in: "CatchUp.Loaded", checks: coreFirst,
		do: steps{replace("a.floor", "a.cursor")},
	},
	{
		name: "a message arrives again once edited", pkg: client, in: "history.apply", checks: coreFirst,
		do: steps{replace("a.IsNew(b.Seq)", "a.IsNew(b.Rev)")},
	},
	{
		name: "answer to an unchanged reaction ignored", pkg: client, in: "messageStreamed", checks: coreFirst,
		do: steps{never("a.Echo(b)")},
	},
	{
		name: "an unknown message ends the chat", pkg: catchUp, in: "CatchUp.Failed", checks: core,
		do: steps{replace("a >= Around", "a >= Pinned")},
	},
	// The timeline.
	{
		name: "sorted by the sender's clock", pkg: timeline, in: "take", checks: simulation,
		do: steps{
			replace("a.m.Seq > seq", "a.m.SentAt > e.m.SentAt"),
		},
	},
	{
		name: "change beside a page forgotten", pkg: timeline, in: "keepLoose", checks: window,
		do: steps{always("!a.awaiting()")},
	},
	{
		name: "older state in place of a newer", pkg: timeline, in: "newer", checks: coreFirst,
		do: steps{replace("a.Rev > b.Rev", "a.Rev != b.Rev")},
	},
	{
		name: "window around a message has no newer ones", pkg: timeline, in: "Jump", checks: window,
		do: steps{replace("a.moreAfter || b", "false")},
	},
	// The user's reactions.
	{
		name: "own reaction of another device ignored", pkg: timeline, in: "mine", checks: coreFirst,
		do: steps{always("a.rev >= b"), replace("a.rev <= b.Rev", "a.rev > b.Rev")},
	},
	{
		name: "own reactions of the crowd forgotten", pkg: timeline, in: "mine", checks: simulation,
		do: steps{never("slices.Contains(known, a)")},
	},
	{
		name: "overtaken page forgets own reactions", pkg: timeline, in: "newer", checks: window,
		do: steps{never("whole")},
	},
	// Changes.
	{
		name: "change forgotten with the connection", pkg: requests, in: "Interrupt", checks: coreFirst,
		do: steps{replace("a.resumeAt = b", "a.list = nil")},
	},
	{
		name: "change ended by an older state of its message", pkg: requests, in: "Queue.Flush", checks: coreFirst,
		do: steps{replace("s.CaughtUp && a != nil", "a != nil"), never("a.unsure")},
	},
	{
		name: "two changes of a message at once", pkg: requests, in: "Queue.Flush", checks: core,
		do: steps{drop("busy = append(busy, a)")},
	},
	{
		name: "change refused for a while is given up", pkg: requests, in: "ChangeRefused", checks: coreFirst,
		do: steps{replace("q.resumeAt = a", "q.end(r)\nq.resumeAt = a")},
	},
	{
		name: "change refused finally is tried again", pkg: requests, in: "ChangeRefused", checks: coreFirst,
		do: steps{replace("a.Code.Retryable()", "a.Code != protocol.CodeForbidden"), never("a.Why == protocol.WhySlowMode")},
	},
	// Reading, typing, pinned messages, search.
	{
		name: "read marker goes back", pkg: people, in: "Reading.to", checks: core,
		do: steps{replace("a > b.seq", "a != b.seq")},
	},
	{
		name: "read marker not told after a break", pkg: people, in: "Reading.Joined", checks: coreFirst,
		do: steps{replace("a.told = b", "a.told = max(a.told, b)")},
	},
	{
		name: "first unread message requested first", pkg: client, in: "openAtUnread", checks: core,
		do: steps{replace("a.Oldest() > b", "a.Oldest() < b")},
	},
	{
		name: "typing user shown for ever", pkg: people, in: "Typing.Fire", checks: core,
		do: steps{always("a.Before(b)")},
	},
	{
		name: "message unpinned during a request of the list", pkg: timeline, in: "AddPinned", checks: core,
		do: steps{replace("if e, _ := a; e.m.Pinned {\nt.pin(e)\n}", "if e, _ := a; p.part[i].Pinned {\nt.pin(e)\n}")},
	},
	{
		name: "pinned list does not follow", pkg: timeline, in: "Apply", checks: coreFirst,
		do: steps{never("a.pinned.loaded")},
	},
	{
		name: "search shows deleted messages", pkg: timeline, in: "Results.Add", checks: core,
		do: steps{never("a.Deleted()")},
	},
	// The connection.
	{
		name: "generation ignored", pkg: connection, in: "Received", checks: coreFirst,
		do: steps{never("a.Gen != b.gen")},
	},
	{
		name: "missed heartbeat never noticed", pkg: connection, in: "beat", checks: simulation,
		do: steps{replace("a.Lose()", "h.probeAt = time.Time{}\na.Probe()")},
	},
	{
		name: "no wait between two tries", pkg: clientStep, in: "Jitter", checks: simulation,
		do: steps{replace("a.Rand() * b", "a.Rand()")},
	},
	{
		name: "wait between tries without a bound", pkg: clientStep, in: "Jitter", checks: simulation,
		do: steps{replace("min(a, b)", "b")},
	},
	{
		name: "4409 taken for the end", pkg: connection, in: "Closed", checks: simulation,
		do: steps{replace("a.Final()", "a.Final() || a == protocol.CloseSlowConsumer")},
	},
	{
		name: "messages are written during a join", pkg: outbox, in: "Outbox.AwaitFlight", checks: core,
		do: steps{drop("o.awaits = true")},
	},
	{
		name: "a sent item is handed to the next owner", pkg: outbox, in: "Tabs.Heard", checks: core,
		do: steps{replace("a.handed = a.mirror == client.ItemSent", "a.handed = false")},
	},
	{
		name: "goaway drops what is in flight", pkg: client, in: "flush", checks: core,
		do: steps{always("a.InFlight() + b.ChangesInFlight() == 0")},
	},
	{
		name: "a change is not told", pkg: client, in: "Client.Step", checks: simulation,
		do: steps{replace("a.retryAt, a.step.Changed = b, true", "a.retryAt = b")},
	},
}
