package timeline

import "hallway/protocol"

// Found returns the results of the search, the newest first.
func (t *Timeline) Found() []*protocol.Message { return t.found.messages() }

// AwaitFound keeps changed messages until a page of results arrives.
func (t *Timeline) AwaitFound() { t.found.awaited = true }

// FoundFailed ends the wait for a page that failed.
func (t *Timeline) FoundFailed() { t.ended(&t.found) }

// ClearFound drops the results and the page that is awaited.
func (t *Timeline) ClearFound() {
	t.cut(&t.found, 0, len(t.found.entries))
	t.ended(&t.found)
}

// AddFound takes a page of results, and returns how many are new. It is false if too
// much has changed since the page was asked for: then it must be read again.
func (t *Timeline) AddFound(page []protocol.Message) (added int, ok bool) {
	if !t.found.awaited {
		return 0, false
	}
	t.readMine(page)
	for i := range page {
		if e, _ := t.put(&page[i], true); e.in&inFound == 0 && !e.m.Deleted() {
			t.insert(&t.found, len(t.found.entries), e)
			added++
		}
	}
	t.ended(&t.found)
	return added, true
}
