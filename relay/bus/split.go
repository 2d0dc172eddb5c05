package bus

const (
	// MessageBytesMax bounds a message. Larger news are split.
	MessageBytesMax = 256 << 10
	// partsMax bounds the parts of a snapshot or a heartbeat.
	partsMax = 1 << 12
	// fieldsBytesMax is more than the fields of a message beside its list take.
	fieldsBytesMax = 512
	// listBytesMax bounds the list of a message.
	listBytesMax = MessageBytesMax - fieldsBytesMax
	// numbersBytesMax is more than the numbers of an entry of a list take.
	numbersBytesMax = 24
	// entryBytes is about the length of an entry of a list.
	entryBytes = 64
)

// Split cuts news into parts that each fit a message, in their order. A frame that fits no message becomes "the room's
// head is R".
func Split(news News) []News {
	switch n := news.(type) {
	case *Changes:
		return n.split()
	case *Moved:
		var parts []News
		for _, came := range cut(n.Came, userBytes) {
			parts = append(parts, &Moved{Room: n.Room, Came: came})
		}
		for _, left := range cut(n.Left, userBytes) {
			parts = append(parts, &Moved{Room: n.Room, Left: left})
		}
		return parts
	case *Snapshot:
		pieces := cutSome(n.Users, userBytes)
		parts := make([]News, len(pieces))
		for i, users := range pieces {
			parts[i] = &Snapshot{Relay: n.Relay, Room: n.Room, Round: n.Round, Part: int64(i), Parts: int64(len(pieces)), Users: users}
		}
		return parts
	case *Heartbeat:
		pieces := cutSome(n.Rooms, func(d *Digest) int { return len(d.Room) + numbersBytesMax })
		parts := make([]News, len(pieces))
		for i, rooms := range pieces {
			parts[i] = &Heartbeat{Round: n.Round, Part: int64(i), Parts: int64(len(pieces)), Leaving: n.Leaving, Rooms: rooms}
		}
		return parts
	case *Spent:
		var parts []News
		for _, users := range cut(n.Users, func(s *Spending) int { return len(s.User) + numbersBytesMax }) {
			parts = append(parts, &Spent{Users: users})
		}
		return parts
	}
	return []News{news}
}

func userBytes(user *string) int { return len(*user) + numbersBytesMax }

// cut returns a list as pieces that each fit a message.
func cut[T any](entries []T, bytes func(*T) int) [][]T {
	var pieces [][]T
	begin, size := 0, 0
	for i := range entries {
		more := bytes(&entries[i])
		if size+more > listBytesMax {
			pieces = append(pieces, entries[begin:i])
			begin, size = i, 0
		}
		size += more
	}
	if begin < len(entries) {
		pieces = append(pieces, entries[begin:])
	}
	return pieces
}

// cutSome is cut, but returns an empty piece for an empty list.
func cutSome[T any](entries []T, bytes func(*T) int) [][]T {
	if len(entries) == 0 {
		return [][]T{nil}
	}
	return cut(entries, bytes)
}

// bytes returns a bound of the frame's length in a message.
func (f *Frame) bytes() int { return len(f.Data) + numbersBytesMax }

// bytes returns a bound of the message's length.
func (n *Changes) bytes() int {
	size := fieldsBytesMax
	for i := range n.Frames {
		size += n.Frames[i].bytes()
	}
	return size
}

// Bytes returns about how many bytes news take, in memory as in a message.
func Bytes(news News) int {
	switch n := news.(type) {
	case *Changes:
		return n.bytes()
	case *Moved:
		return fieldsBytesMax + (len(n.Came)+len(n.Left))*entryBytes
	case *Snapshot:
		return fieldsBytesMax + len(n.Users)*entryBytes
	case *Heartbeat:
		return fieldsBytesMax + len(n.Rooms)*entryBytes
	case *Spent:
		return fieldsBytesMax + len(n.Users)*entryBytes
	case *Told:
		return fieldsBytesMax + len(n.Frame)
	case *Acted:
		return fieldsBytesMax + len(n.Frame)
	case *Granted:
		return fieldsBytesMax + len(n.Grants)
	}
	return fieldsBytesMax
}

// split cuts the frames. A part holds the revs from the end of the part before to its last frame.
func (n *Changes) split() []News {
	if n.bytes() <= MessageBytesMax {
		return []News{n}
	}
	var parts []News
	first := n.First
	add := func(frames []Frame, last int64) {
		part := &Changes{Room: n.Room, Epoch: n.Epoch, Rules: n.Rules, Last: last, Frames: frames}
		if len(frames) > 0 {
			part.First = first
		}
		parts = append(parts, part)
		first = last + 1
	}
	begin, size := 0, 0
	for i := range n.Frames {
		f := &n.Frames[i]
		more := f.bytes()
		if size+more > listBytesMax && begin < i {
			add(n.Frames[begin:i], n.Frames[i-1].Rev)
			begin, size = i, 0
		}
		size += more
		if more > listBytesMax {
			add(nil, f.Rev)
			begin, size = i+1, 0
		}
	}
	if begin < len(n.Frames) {
		add(n.Frames[begin:], n.Last)
	}
	// Where no frame is left for it, the end is told without one.
	parts[len(parts)-1].(*Changes).Last = n.Last
	return parts
}
