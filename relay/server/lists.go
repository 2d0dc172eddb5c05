package server

import (
	"context"
	"iter"

	"hallway/relay/hub"
	"hallway/relay/rules"
)

const (
	// roomsDefault is the number of rooms in a list without a limit.
	roomsDefault = 100
	// listMax is the limit of any other list without one.
	listMax = 10_000

	// The sizes of slices. Other requests run between two slices.
	namesSlice   = 500
	roomsSlice   = 10
	membersSlice = 500
)

// lists is a directory that reads lists of rooms in slices, one slice at a time, without the request's slot. So many
// requests for lists do not make others wait for slots or for the database.
type lists struct {
	rules.Directory
	one chan struct{} // a lock: its value is the right to read a slice
}

func newLists(d rules.Directory) lists { return lists{d, make(chan struct{}, 1)} }

func (l lists) RoomNames(ctx context.Context, span rules.Span, limit int) ([]string, error) {
	return alone(ctx, l, func() ([]string, error) { return l.Directory.RoomNames(ctx, span, limit) })
}

func (l lists) Rooms(ctx context.Context, user string, names []string) ([]rules.RoomEntry, error) {
	return alone(ctx, l, func() ([]rules.RoomEntry, error) { return l.Directory.Rooms(ctx, user, names) })
}

// alone calls read while no other request reads a slice.
func alone[T any](ctx context.Context, l lists, read func() (T, error)) (T, error) {
	return apart(ctx, func() (none T, err error) {
		select {
		case l.one <- struct{}{}:
		case <-ctx.Done():
			return none, ctx.Err()
		}
		defer func() { <-l.one }()
		return read()
	})
}

// roomsOf reads a page of the existing rooms that the token opens, and reports whether more follow.
func (s *rooms) roomsOf(ctx context.Context, who hub.Identity, part rules.Part) (found []rules.RoomEntry, more bool, err error) {
	want := part.Limit + 1 // one more shows that the list goes on
	var names []string
	read := func() error {
		slice, err := s.directory.Rooms(ctx, who.User.ID, names)
		found, names = append(found, slice...), names[:0]
		return err
	}
	for name, err := range s.openNames(ctx, who, part.After) {
		if err != nil {
			return nil, false, err
		}
		if names = append(names, name); len(names) < min(roomsSlice, want-len(found)) {
			continue
		}
		if err := read(); err != nil {
			return nil, false, err
		}
		if len(found) >= want {
			break
		}
	}
	if len(names) > 0 {
		if err := read(); err != nil {
			return nil, false, err
		}
	}
	return found[:min(len(found), part.Limit)], len(found) > part.Limit, nil
}

// openNames yields the names after the given one that the token opens: names without a pattern, even of rooms that do
// not exist, and the names of rooms that match a pattern.
func (s *rooms) openNames(ctx context.Context, who hub.Identity, after string) iter.Seq2[string, error] {
	opens := func(room string) bool {
		_, ok := who.Grants.Role(room)
		return ok && s.refuseBanned(who, room) == nil
	}
	return func(yield func(string, error) bool) {
		for _, span := range spansOf(who.Grants) {
			one := span == rules.SpanOf(span.From)
			if span.From <= after && after != "" {
				span.From = after + "\x00"
			}
			for ended := false; !ended && (span.To == "" || span.From < span.To); {
				names := []string{span.From}
				if !one {
					var err error
					if names, err = s.directory.RoomNames(ctx, span, namesSlice); err != nil {
						yield("", err)
						return
					}
				}
				for _, name := range names {
					if opens(name) && !yield(name, nil) {
						return
					}
				}
				if ended = one || len(names) < namesSlice; !ended {
					span.From = names[len(names)-1] + "\x00"
				}
			}
		}
	}
}

// spansOf returns the ranges of names that grants may open, ascending and disjoint.
func spansOf(grants hub.Grants) []rules.Span {
	if g, ok := grants.(interface{ Spans() []rules.Span }); ok {
		return g.Spans()
	}
	return []rules.Span{{}}
}

// inSlices reads a part of a list in slices, and reports whether more follow. key returns the key of an entry, after
// which the next slice begins.
func inSlices[T any](part rules.Part, key func(T) string, read func(rules.Part) ([]T, error)) (all []T, more bool, err error) {
	limit := part.Limit
	if limit == 0 {
		limit = listMax
	}
	for {
		part.Limit = min(membersSlice, limit+1-len(all))
		found, err := read(part)
		if err != nil {
			return nil, false, err
		}
		all = append(all, found...)
		if len(found) < part.Limit || len(all) > limit {
			return all[:min(len(all), limit)], len(all) > limit, nil
		}
		part.After = key(found[len(found)-1])
	}
}
