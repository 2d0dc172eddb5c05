package rules

import (
	"context"
	"time"

	"hallway/protocol"
)

// A Vault holds the turns, wraps and devices of end-to-end encrypted rooms. Its methods read and write at once, in the
// transaction of the batch. A method that fails returns nothing, and the batch fails. The store must save a new room
// before the first call for it.
type Vault interface {
	// Lock returns the newest turn of a room, and the users for whom a new one is due.
	Lock(r *Room) Lock
	// SetDue replaces the users for whom a new turn of a room is due; nil: none is due.
	SetDue(r *Room, due []string)
	// AddTurn stores a room's newest turn.
	AddTurn(r *Room, l *Lock)
	// AddWraps stores wraps of a turn; they replace earlier ones for the same devices.
	AddWraps(r *Room, n int64, wraps []protocol.Wrap)
	// Wrap returns the wrap of a turn for a device; nil if none is stored.
	Wrap(r *Room, n int64, device string) *protocol.Wrap
	// Holds reports whether a device has a wrap of the turn, or of a later one of the same chapter.
	Holds(r *Room, n int64, device string) bool

	// Device returns a device, even a deleted one; nil if it does not exist.
	Device(id string) *Device
	// SaveDevice stores a device; it replaces the one with its id.
	SaveDevice(d *Device)
	// UserDevices counts the devices of a user that were seen since a time and are not deleted.
	UserDevices(user string, since protocol.Time) int

	// DeviceRooms lists the names of the rooms that a device is or was in.
	DeviceRooms(device string) []string
	// RoomDevices returns the users of the given devices that are in a room, by the device.
	RoomDevices(r *Room, devices []string) map[string]string
	// Present reports whether a device of the user is in a room.
	Present(r *Room, user string) bool
	// CountDevices counts the devices in a room that were seen since a time.
	CountDevices(r *Room, since protocol.Time) int
	// Enter puts a device into a room.
	Enter(r *Room, device string)
	// Leave removes devices from rooms, with their wraps. It makes a turn due in each of these rooms that has a turn,
	// and returns those rooms.
	Leave(who Leaver) []DueRoom
	// Forget deletes all devices and wraps of a user, and makes a turn due in their rooms, as Leave does.
	Forget(user string) []DueRoom
}

// A Lock is the newest turn of a room, with the relay's knowledge of it.
type Lock struct {
	N       int64  // 0: no turn was made
	Kid     string // of the turn
	Chapter int64  // the first turn whose secret can be read back from this one's
	At      protocol.Time
	By      string        // the id of the device that made it
	Turn    protocol.Turn // its JSON as it was sent
	// Due holds the users whom the next turn must leave out; "" stands for another reason for a turn.
	Due []string
}

// A Device is the row of a device.
type Device struct {
	protocol.Device
	User    string
	SeenAt  protocol.Time // the time of the last registration, to about an hour
	Deleted bool          // only the record is kept, for the messages that the device has signed
}

// A Leaver names devices that leave rooms: one device, or all devices of a user.
type Leaver struct {
	Room *Room // nil: all
	// User stands for all devices of a user. A turn becomes due for the user in Room or, if Room is nil, in the rooms
	// that the user is a member of or has a device in.
	User   string
	Device string // one device, in place of User
}

// A DueRoom is a room in which a turn is due.
type DueRoom struct{ Room, Epoch string }

// The times of encrypted rooms.
const (
	// TurnEvery is the time after which a room with traffic is due for a new turn.
	TurnEvery = 24 * time.Hour
	// DeviceTime is the time after which a device counts no more unless it is seen again: its certificate has ended.
	DeviceTime = 7 * 24 * time.Hour
	// seenEvery is the time after which a device's SeenAt is updated.
	seenEvery = time.Hour
)

// Locks reads turns and devices of end-to-end encrypted rooms, by the rules of [Directory].
type Locks interface {
	// Turns lists turns of a room with n < before (0: the newest), at most limit, ascending; more reports that earlier
	// turns exist.
	Turns(ctx context.Context, room string, before int64, limit int) (turns []protocol.Turn, more bool, err error)

	// Devices lists the devices in a room, by id. With ids it lists those of the given devices that are or were in the
	// room, even deleted ones.
	Devices(ctx context.Context, room string, ids []string) ([]protocol.Device, error)
}
