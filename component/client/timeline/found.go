package timeline

import "hallway/protocol"

// Results is the list of search results. It shares the table of its timeline.
type Results struct {
	list
	timeline *Timeline
}

// Messages returns the results, the newest first.
func (r *Results) Messages() []*protocol.Message { return r.messages() }

// Await keeps changed messages until a page of results comes.
func (r *Results) Await() { r.awaited = true }

// Failed ends the wait for a page that failed.
func (r *Results) Failed() { r.timeline.ended(&r.list) }

// Clear drops the results and the page that is awaited.
func (r *Results) Clear() {
	r.timeline.cut(&r.list, 0, len(r.entries))
	r.timeline.ended(&r.list)
}

// Add adds a page of results, and returns the number of new ones. ok is false if too
// many messages have changed since the request: then the page must be read again.
func (r *Results) Add(page []protocol.Message) (added int, ok bool) {
	if !r.awaited {
		return 0, false
	}
	t := r.timeline
	t.readMine(page)
	for i := range page {
		if e, _ := t.put(&page[i], true); e.in&inFound == 0 && !e.m.Deleted() {
			t.insert(&r.list, len(r.entries), e)
			added++
		}
	}
	t.ended(&r.list)
	return added, true
}
