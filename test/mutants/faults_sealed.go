package main

// sealedFaults are the faults of end-to-end encrypted rooms.
var sealedFaults = []mutant{
	{
		name: "a field is left out of the data that encryption binds", pkg: "e2ee", in: "AAD", checks: sealed,
		do: steps{replace("a.ReplyTo", `""`)},
	},
	{
		name: "signature of a turn unchecked", pkg: lockPart, in: "turns.verify", checks: sealedFirst,
		do: steps{always("a.OK")},
	},
	{
		name: "a participant's turn taken", pkg: lockPart, in: "turns.verify", checks: sealedFirst,
		do: steps{always("client.Moderates(a)")},
	},
	{
		name: "role taken from the relay", pkg: lockPart, in: "evaluate", checks: sealed,
		do: steps{replace("cert.Role", "m.Sender.Role")},
	},
	{
		name: "a content signed by another device taken", pkg: lockPart, in: "evaluate", checks: sealedFirst,
		do: steps{never("cert.User != a")},
	},
	{
		name: "out ignored", pkg: lockPart, in: "admitted", checks: sealedFirst,
		do: steps{never("contains(a, b.User)")},
	},
	{
		name: "certificate not checked", pkg: lockPart, in: "admitted", checks: sealedFirst,
		do: steps{always("a.good(b)")},
	},
	{
		name: "sealed again after the write", pkg: outbox, in: "Interrupt", checks: sealedFirst,
		do: steps{replace("a.onWire = false", "a.onWire, a.written = false, false")},
	},
	{
		name: "a message that waits for a key is not stored", pkg: lockPart, in: "contents.Seals", checks: sealedFirst,
		do: steps{always("a.device.fleeting")},
	},
	{
		name: "an item is stored only under the room's key", pkg: lockPart, in: "contents.Seal", checks: core,
		do: steps{always("a.device.fleeting")},
	},
	{
		name: "an item is given up if the device's new keys do not open it", pkg: outbox, in: "Seals.SetOpened", checks: core,
		do: steps{never("m.Encrypted == e.Own")},
	},
	{
		name: "a message encrypted only for the device is sent", pkg: outbox, in: "entry.isFixed", checks: sealedFirst,
		do: steps{always("a.Sealed.Kid != b")},
	},
	{
		name: "a new owner seals again before it has loaded the outbox", pkg: outbox, in: "Seals.maySeal", checks: sealedFirst,
		do: steps{replace("a.tabs.writes()", "a.tabs.owns")},
	},
	{
		name: "turn below the highest taken", pkg: lockPart, in: "behind", checks: sealedFirst,
		do: steps{never("a.N < b")},
	},
	{
		name: "a secret below the highest turn handed on", pkg: lockPart, in: "keys.mayHandOn", checks: core,
		do: steps{never("a.turns.behind()")},
	},
	{
		name: "sealed during the renewal of a certificate", pkg: lockPart, in: "contents.Seals", checks: core,
		do: steps{never("a.device.opening")},
	},
	{
		name: "a turn taken from an excluded moderator", pkg: lockPart, in: "turns.verify", checks: core,
		do: steps{never("a.lapsed(b)")},
	},
	{
		name: "a user let in again stays in for ever", pkg: lockPart, in: "outs.dropMet", checks: core,
		do: steps{replace("!shut(user)", "false")},
	},
	{
		name: "a ban that the relay does not tell of forgotten with the connection", pkg: lockPart, in: "Lock.Joined", checks: core,
		do: steps{replace("len(l.outs.expelled) > 0", "false")},
	},
	{
		name: "older text in place of a newer taken", pkg: lockPart, in: "evaluate", checks: sealedFirst,
		do: steps{never("a.Edit < b")},
	},
	{
		name: "plain fallback", pkg: outbox, in: "Flush", checks: sealedFirst,
		do: steps{drop("a.Text, a.Mentions, a.Encrypted = b, c, d.Sealed")},
	},
	{
		name: "signature of a message unchecked", pkg: vault, in: "settle", checks: sealedMany,
		do: steps{replace("verdict", "e2ee.Yes")},
	},
	{
		name: "any key taken", pkg: rulebook, in: "lockbook.refuseOpen", checks: sealed,
		do: steps{never("a.Kid != b.newest().Kid")},
	},
	{
		name: "stale_key decided from a relay's memory", pkg: rulebook, in: "lockbook.refuseOpen", checks: sealedMany,
		do: steps{replace("a.Kid != b.newest().Kid", "a.Kid != b.newest().Kid && a.Kid != b.newest().Turn.PrevKid")},
	},
	{
		name: "a device that comes from another relay is no longer asked for", pkg: hub, in: "keys.add", checks: hubAlone,
		do: steps{replace("a.member, a.until = b.member, b.until", "a.until = b.until")},
	},
	{
		name: "a turn that was made is forgotten with its page", pkg: lockPart, in: "Lock.deviceOpened", checks: core,
		do: steps{replace("max(a, b.Offered)", "a")},
	},
	{
		name: "an encrypted file uploaded under its name", pkg: uploads, in: "Uploads.Flush", checks: sealedFirst,
		do: steps{replace("client.SealedName", "m.File.Name")},
	},
	{
		name: "an encrypted message stored with the names and keys of its files", pkg: outbox, in: "queue.save", checks: sealedFirst,
		do: steps{replace("bare(item.Files)", "item.Files")},
	},
	{
		name: "files left out of an encrypted edit", pkg: requests, in: "Queue.takeContent", checks: sealedFirst,
		do: steps{replace("q.messages.SealedFiles(r.id)", "nil")},
	},
	{
		name: "a late edit stays in place of a newer one", pkg: requests, in: "Queue.Repeat", checks: core,
		do: steps{never("client.KidTurn(a) >= oldest")},
	},
	{
		name: "an edit from before the chapter is written again", pkg: requests, in: "Queue.Repeat", checks: core,
		do: steps{always("client.KidTurn(a) >= oldest")},
	},
	{
		name: "the files of another tab's item taken without its text", pkg: outbox, in: "entry.takeFiles", checks: sealedFirst,
		do: steps{never("!known(a) && known(item)")},
	},
	{
		name: "a sealed item of another tab is not opened", pkg: outbox, in: "queue.add", checks: sealedFirst,
		do: steps{replace("q.unread || a", "q.unread")},
	},
	{
		name: "the number of an edit begins again at 0", pkg: lockPart, in: "contents.EditNumber", checks: core,
		do: steps{replace("(c.edits[id] + 1) % (e2ee.EditMax + 1)", "c.edits[id] + 1")},
	},
}
