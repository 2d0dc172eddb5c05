package main

// clusterFaults holds faults that matter only if several relays share a database.
var clusterFaults = []mutant{
	{
		name: "joined before the head is read", pkg: hub, in: "rooms.join", checks: cluster,
		do: steps{never("a.peers != nil")},
	},
	{
		name: "joined before the head is told", pkg: hub, in: "peers.endJoins", checks: cluster,
		do: steps{never("a.head > b.told")},
	},
	{
		name: "a page of a window that is behind", pkg: hub, in: "Window.PageAsOf", checks: cluster,
		do: steps{never("a.head < b.Head")},
	},
	{
		name: "news before the commit", pkg: hub, in: "Hub.take", checks: cluster,
		do: steps{before("a.lanes.send(b, c, d)", `	if x := c.member(d.Room); x != nil && x.joined && a.rooms.peers != nil {
		y := x.presence.room
		early := protocol.Message{Room: y.name, ID: d.ID, Seq: y.told + 1, Rev: y.told + 1, Sender: x.sender(), CreatedAt: 1, Text: d.Text}
		news := News{Room: y.name, Epoch: y.epoch, First: early.Rev, Last: early.Rev, Frames: [][]byte{protocol.Changed{Message: early}.Append(nil)}}
		a.rooms.peers.bus.Publish(news)
	}`)},
	},
	{
		name: "an own rev told over a hole", pkg: hub, in: "peers.committed", checks: cluster,
		do: steps{replace("a.take(b, c)", "a.tell(b, c)")},
	},
	{
		name: "news told over a hole", pkg: hub, in: "peers.take", checks: cluster,
		do: steps{replace("a.rev == b.told+1", "a.rev > b.told")},
	},
	{
		name: "a frame covers what is still to be told", pkg: hub, in: "peers.stream", checks: hubAlone,
		do: steps{always("a.rev >= b.covered")},
	},
	{
		name: "no head check", pkg: hub, in: "peers.wake", checks: cluster,
		do: steps{replace("a.checkAll(b)", "a.checkAt = b.Add(CheckEvery)")},
	},
	{
		name: "news of another life", pkg: hub, in: "peers.heard", checks: cluster,
		do: steps{never("a.Epoch != b.epoch")},
	},
	{
		name: "a hole is never read", pkg: hub, in: "holeList.settle", checks: cluster,
		do: steps{never("a.open && b.known > c.told && d.healAt.IsZero() && !e.healing")},
	},
	{
		name: "a room's rules are read once", pkg: hub, in: "rulings.compareRoom", checks: cluster,
		do: steps{never("a != b.known && !b.reading")},
	},
	{
		name: "bans are read once", pkg: hub, in: "rulings.compare", checks: cluster,
		do: steps{never("a != b.known && !b.reading")},
	},
	{
		name: "a read marker ends at the relay's head", pkg: hub, in: "marks.flush", checks: hubAlone,
		do: steps{replace("Seq: a.want", "Seq: min(acts.want, r.told)")},
	},
	{
		name: "other relays get a read marker up to this relay's head", pkg: hub, in: "Gossip.Marked", checks: hubAlone,
		do: steps{replace("Seq: a[b]", "Seq: min(stored[i], p.room.told)")},
	},
	{
		name: "another history is a deletion", pkg: hub, in: "peers.compare", checks: cluster,
		do: steps{never(`a.Epoch != ""`)},
	},
}
