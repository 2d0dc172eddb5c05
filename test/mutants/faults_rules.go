package main

// ruleFaults are the faults of the rulebook.
var ruleFaults = []mutant{
	{
		name: "dedupe off", pkg: rulebook, in: "send", checks: ruled,
		do: steps{replace("a != nil || b.FindOnly", "do.FindOnly")},
	},
	{
		name: "created_at follows the clock back", pkg: rulebook, in: "send", checks: ruled,
		do: steps{replace("max(a.Now, b)", "a.Now")},
	},
	{
		name: "other content under a known id", pkg: rulebook, in: "resend", checks: ruled,
		do: steps{never("a.MadeAs != b")},
	},
	{
		name: "a look-up creates the room", pkg: rulebook, in: "makesRoom", checks: ruled,
		do: steps{replace("!a.FindOnly", "do.ID != \"\"")},
	},
	{
		name: "a reaction names no further user", pkg: rulebook, in: "takeReaction", checks: ruled,
		do: steps{never("int64(len(a.Users)) < a.Count && len(b) > 0")},
	},
	{
		name: "any role may ask for anything", pkg: rulebook, in: "Op.Permit", checks: hubAlone,
		do: steps{replace(`a != "" && b.AtLeast(c)`, `a != ""`)},
	},
	{
		name: "a mute does not hold", pkg: rulebook, in: "barred", checks: ruled,
		do: steps{never("a.Mute.inForce(b)")},
	},
	{
		name: "the rank of a stranger does not count", pkg: rulebook, in: "Sanction.Holds", checks: ruled,
		do: steps{replace("a.Known || b.AtLeast(c)", "true")},
	},
}
