package bus

const (
	// MessageBytesMax bounds a message. Larger news are split.
	MessageBytesMax = 256 << 10
	// partsMax bounds the parts of a snapshot or a heartbeat.
	partsMax = 1 << 12
	// fieldsBytesMax is an upper bound of a message's fields without its list.
	fieldsBytesMax = 512
	// listBytesMax bounds the list of a message.
	listBytesMax = MessageBytesMax - fieldsBytesMax
	// numbersBytesMax is an upper bound of the numbers in an entry of a list.
	numbersBytesMax = 24
	// entryBytes is the approximate length of an entry of a list.
	entryBytes = 64
)

// Split cuts news into parts that each fit into a message, in order. A frame that fits into no message becomes "the
// room's head is R".
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

// cut cuts a list into pieces that each fit into a message.
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

// cutSome is cut, but returns one empty piece for an empty list.
func cutSome[T any](entries []T, bytes func(*T) int) [][]T {
	if len(entries) == 0 {
		return [][]T{nil}
	}
	return cut(entries, bytes)
}

// bytes returns an upper bound of the frame's length in a message.
func (f *Frame) bytes() int { return len(f.Data) + numbersBytesMax }

// bytes returns an upper bound of the message's length.
func (n *Changes) bytes() int {
	size := fieldsBytesMax
	for i := range n.Frames {
		size += n.Frames[i].bytes()
	}
	return size
}

// Bytes returns the approximate size of news, in memory and as a message.
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

// split cuts the frames. A part holds the revs from the end of the previous part to its last frame.
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
	// Without a frame for the last rev, the last part has it as its head.
	parts[len(parts)-1].(*Changes).Last = n.Last
	return parts
}
