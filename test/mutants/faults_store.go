package main

// storeFaults are the faults of the store.
var storeFaults = []mutant{
	{
		name: "head is not stored", pkg: store, in: "saveRooms", checks: suite,
		do: steps{replace("a.exec(updateHead, b, c, d)", "error(nil)")},
	},
	{
		name: "a slow mode is forgotten within a batch", pkg: store, in: "loadStandings", checks: suite,
		do: steps{replace("a.sent[who]", "a.sentBefore[who]")},
	},
	// Search.
	{
		name: "parts of words are not searched", pkg: word, in: "alternatives", checks: suite,
		do: steps{never("len(a) >= partMin")},
	},
	{
		name: "symbols of a word do not count", pkg: word, in: "phrase", checks: suite,
		do: steps{drop("p = append(p, Term{Text: string(sign(a))})")},
	},
	{
		name: "a message is missing from a rebuilt index", pkg: store, in: "reindexSome", checks: suite,
		do: steps{replace("a.below, b = c.seq, d", "a.below, b = c.seq-1, d")},
	},
	{
		name: "a change is indexed twice while the index is rebuilt", pkg: store, in: "insertNewWords", checks: suite,
		do: steps{inText("WHERE NOT EXISTS (SELECT 1 FROM search WHERE docid = (?1 << 32) + ?2)", "WHERE 1")},
	},
	// Pages.
	{
		name: "page does not say that there is more", pkg: store, in: "view.scan", checks: suite,
		do: steps{replace("return a, true, nil", "return a, false, nil")},
	},
}
