package main

// hubFaults are the faults of the relay's hub.
var hubFaults = []mutant{
	// Commits.
	{
		name: "echo before the commit", pkg: hub, in: "lanes.send", checks: simulation,
		do: steps{before("a.writes.enqueue(b)", `	if r := m.presence.room; r.open && l.block == nil {
		early := protocol.Message{Room: r.name, ID: f.ID, Seq: r.told + 1, Rev: r.told + 1, Sender: m.sender(), CreatedAt: 1, Text: f.Text}
		r.group.Send([][]byte{protocol.Changed{Message: early}.Append(nil)})
	}`)},
	},
	{
		name: "repeated message told as news", pkg: hub, in: "news", checks: hubFirst,
		do: steps{never("a.Rev <= b.told")},
	},
	{
		name: "sends overtake a failed batch", pkg: hub, in: "Committed", checks: simulation,
		do: steps{drop("a.holdBackQueue(b, c)")},
	},
	{
		name: "window outlives a lost result", pkg: hub, in: "Committed", checks: hubFirst,
		do: steps{drop("a.loseWindows(b)")},
	},
	{
		name: "two batches under way", pkg: hub, in: "writes.flush", checks: hubFirst,
		do: steps{never("len(a.committing) > 0")},
	},
	{
		name: "a flood's batches are long", pkg: hub, in: "batch", checks: hubAlone,
		do: steps{never("len(a) >= guard.FloodOpsMax")},
	},
	{
		name: "a reaction's cause is not told", pkg: hub, in: "pending.cause", checks: hubFirst,
		do: steps{replace("&protocol.Cause{By: a, Emoji: b, On: c}", "map[bool]*protocol.Cause{}[do.On]")},
	},
	// Lanes.
	{
		name: "refused lane opens at once", pkg: hub, in: "lifts", checks: simulation,
		do: steps{replace("a.id == b", `b != ""`)},
	},
	{
		name: "lane waits for any look-up", pkg: hub, in: "lifts", checks: hubFirst,
		do: steps{replace("a.early", "b.finds")},
	},
	{
		name: "lane remembers one refusal", pkg: hub, in: "block.refuse", checks: simulation,
		do: steps{replace("refusedMax", "1")},
	},
	{
		name: "a join forgets the look-ups under way", pkg: hub, in: "rooms.join", checks: hubFirst,
		do: steps{replace("a.block.afterJoin()", "nil")},
	},
	{
		name: "a join forgets the refused sends", pkg: hub, in: "afterJoin", checks: hubFirst,
		do: steps{replace("a.old = true", "a.id = \"\"")},
	},
	// The queue.
	{
		name: "a user who floods is not slowed down", pkg: hub, in: "queue.add", checks: hubAlone,
		do: steps{replace("round + 1", "round")},
	},
	{
		name: "a new user waits for the round under way", pkg: hub, in: "queue.add", checks: hubAlone,
		do: steps{never("a == b.round")},
	},
	{
		name: "a user's ops do not keep their order", pkg: hub, in: "queue.add", checks: hubFirst,
		do: steps{replace("max(a, b.round)", "max(a, b.round*7%5)")},
	},
	// Limits.
	{
		name: "refusals of all connections are not counted", pkg: guard, in: "Refusals.count", checks: hubAlone,
		do: steps{replace("1 + a", "1")},
	},
	{
		name: "connections without a hello keep all places", pkg: hub, in: "evictUnauthenticated", checks: hubAlone,
		do: steps{replace("a - a/4", "a")},
	},
	// Rooms and windows.
	{
		name: "joined before changes up to its head", pkg: hub, in: "rooms.joined", checks: simulation,
		do: steps{drop("a.flush(b)")},
	},
	{
		name: "window answers behind the store", pkg: hub, in: "Window.Page", checks: hubFirst,
		do: steps{never("a.head < b")},
	},
}
