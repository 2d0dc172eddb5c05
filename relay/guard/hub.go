package guard

// The limits that the hub enforces. It refuses an op or closes a connection that exceeds one; only typing is dropped
// silently.
const (
	// QueueOpsMax bounds the ops that wait for the store or are being committed.
	QueueOpsMax = 16384
	// QueueBytesMax bounds the bytes of these ops.
	QueueBytesMax = 32 << 20
	// SessionOpsMax bounds one connection's part of the queue, so that no connection fills it alone. A client keeps
	// protocol.InFlightMax in flight.
	SessionOpsMax = 1024
	// RoomBatchBytesMax ends a batch: a commit's frames for a room are sent at once, and must fit into the pending
	// bytes of a reader that keeps up.
	RoomBatchBytesMax = 64 << 10
	// BatchBytesMax ends a batch of many rooms, for a reader who is in all of them.
	BatchBytesMax = 3 * RoomBatchBytesMax
	// BatchOpsMax ends a batch of small ops. Later ops wait for the whole batch, and a larger batch costs the disk
	// hardly less.
	BatchOpsMax = 512
	// FloodOpsMax ends a batch if only users with many ops wait: ops of other users go ahead of them, and must not wait
	// long.
	FloodOpsMax = 128
	// RoomsPerSessionMax bounds the rooms that one connection joins.
	RoomsPerSessionMax = 256
	// RoomsMax bounds the rooms in memory: rooms with a member.
	RoomsMax = 50_000
	// FramesPerSecondMax bounds the frames of a connection, except sends, which the user's rate bounds.
	FramesPerSecondMax = 100
	// FramesBurstMax bounds frames at once: a client can join all of its rooms, and join them anew.
	FramesBurstMax = 2 * RoomsPerSessionMax
	// TypistsPerSecondMax bounds the typing users that a room hears of in any second.
	TypistsPerSecondMax = 5
)

// MessagesBurst is the number of messages that a user may send at once, in seconds of the rate.
const MessagesBurst = 4
