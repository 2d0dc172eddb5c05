package main

// relaysFaults holds the faults of the news about users and rules between relays on one database.
var relaysFaults = []mutant{
	// Presence.
	{
		name: "a silent relay is never dropped", pkg: presence, in: "Presence.Pulse", checks: inRelays,
		do: steps{never("a.Sub(b) >= SilentAfter")},
	},
	{
		name: "a paused relay drops the others", pkg: presence, in: "Presence.Pulse", checks: inRelays,
		do: steps{never("a > SilentAfter/2 && b")},
	},
	{
		name: "a heartbeat is not compared", pkg: presence, in: "Presence.heartbeat", checks: inRelays,
		do: steps{never("!a && (b || c)")},
	},
	{
		name: "a heartbeat without a room leaves its users", pkg: presence, in: "Presence.endRound", checks: inRelays,
		do: steps{never("a < b")},
	},
	{
		name: "a relay that opens a room gets no snapshot", pkg: presence, in: "Presence.Open", checks: inRelays,
		do: steps{drop("p.askAll(a)")},
	},
	{
		name: "a join waits for no call", pkg: hub, in: "peers.endJoins", checks: hubAlone,
		do: steps{never("a.calls[b.member] > 0")},
	},
	{
		name: "markers that wait are not written for a call", pkg: hub, in: "marks.write", checks: hubAlone,
		do: steps{never("len(a.waiting) > 0")},
	},
	{
		name: "a refusal overtakes an echo above a hole", pkg: hub, in: "rooms.answer", checks: hubAlone,
		do: steps{never("a > b.told")},
	},
	{
		name: "a user on two relays counts twice", pkg: presence, in: "room.set", checks: inRelays,
		do: steps{never("r.users[a] == 1")},
	},
	// Rules.
	{
		name: "rules cached without their version", pkg: hub, in: "rulings.compareRoom", checks: inRelays,
		do: steps{never("a != b.known && !b.reading")},
	},
	{
		name: "bans cached without their version", pkg: hub, in: "rulings.compare", checks: inRelays,
		do: steps{never("a != b.known && !b.reading")},
	},
	{
		name: "rules that were read undo newer news", pkg: hub, in: "Gossip.Ruling", checks: hubAlone,
		do: steps{replace("a.stale", "false")},
	},
	{
		name: "bans that were read undo newer news", pkg: hub, in: "Gossip.Known", checks: hubAlone,
		do: steps{replace("a.stale", "false")},
	},
	{
		name: "a banned user stays at other relays", pkg: hub, in: "Gossip.Known", checks: inRelays,
		do: steps{drop("a.evictBanned(b, c)")},
	},
	{
		name: "an act is not told", pkg: hub, in: "moderation.acted", checks: inRelays,
		do: steps{never("a && md.gossip != nil")},
	},
	{
		name: "a revocation ends new tokens", pkg: hub, in: "endAllRevoked", checks: inRelays,
		do: steps{replace("s.issued()", "time.Time{}")},
	},
	{
		name: "a lower token counts at its relay only", pkg: hub, in: "ranking.noteToken", checks: inRelays,
		do: steps{never("rk.gossip != nil")},
	},
	// Activity and limits.
	{
		name: "typing elsewhere has no limit", pkg: hub, in: "activity.typingElsewhere", checks: hubAlone,
		do: steps{replace("!a.mayType(b, c)", "false")},
	},
	{
		name: "a marker waits although its user leaves", pkg: hub, in: "marks.writeSoon", checks: inRelays,
		do: steps{never("a != nil && b")},
	},
	{
		name: "a marker that failed is forgotten", pkg: hub, in: "Gossip.Marked", checks: inRelays,
		do: steps{replace("a != nil || b", "b")},
	},
	{
		name: "used rates are not told", pkg: hub, in: "spending.tell", checks: inRelays,
		do: steps{drop("sp.bus.Tell(a)")},
	},
	{
		name: "connections elsewhere do not count", pkg: hub, in: "users.conns", checks: inRelays,
		do: steps{never("us.gossip != nil")},
	},
	{
		name: "connections of a relay that is gone count", pkg: hub, in: "Gossip.Gone", checks: inRelays,
		do: steps{drop("a.spending.gone(b)")},
	},
}
