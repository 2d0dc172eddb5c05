package hub_test

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"hallway/e2ee/devicetest"
	"hallway/protocol"
	"hallway/relay/rules"
)

// aliases replaces the random bytes in the frames of encrypted rooms by names, so that a script can be read and
// replayed:
//
//	@device(ada2)              a device of ada, as JSON; @id(ada2) is its id
//	@turn(2 by mo)             turn 2, made by the device mo; @kid(2) is the id of its key
//	@turn(2 by mo without bob) a turn that leaves bob out
//	@wrap(bob)                 a wrap for the device bob
//	@sealed(2)                 a message that is encrypted with the key of turn 2
type aliases struct {
	texts   map[string]string // by alias
	devices map[string]*devicetest.Device
	turns   map[int64]*protocol.Turn
}

func newAliases() aliases {
	return aliases{texts: map[string]string{}, devices: map[string]*devicetest.Device{}, turns: map[int64]*protocol.Turn{}}
}

var alias = regexp.MustCompile(`@(device|id|turn|kid|wrap|sealed)\(([^)]*)\)`)

// expand replaces the aliases by their texts.
func (a *aliases) expand(line string) string {
	return alias.ReplaceAllStringFunc(line, func(name string) string {
		if _, ok := a.texts[name]; !ok {
			parts := alias.FindStringSubmatch(name)
			a.make(name, parts[1], strings.Fields(parts[2]))
		}
		return a.texts[name]
	})
}

// fold replaces the texts by their aliases, the longest first, because a turn contains the ids of devices and of keys.
func (a *aliases) fold(line string) string {
	names := make([]string, 0, len(a.texts))
	for name := range a.texts {
		names = append(names, name)
	}
	slices.SortFunc(names, func(x, y string) int {
		return cmp.Or(len(a.texts[y])-len(a.texts[x]), strings.Compare(x, y))
	})
	for _, name := range names {
		line = strings.ReplaceAll(line, a.texts[name], name)
	}
	return line
}

func (a *aliases) make(name, kind string, words []string) {
	number := func() int64 {
		n, _ := strconv.ParseInt(words[0], 10, 64)
		return n
	}
	switch kind {
	case "device", "id":
		a.device(words[0])
	case "turn":
		n := number()
		var out []string
		if len(words) > 4 {
			out = words[4:]
		}
		t := a.device(words[2]).Turn("lobby", n, a.turns[n-1], out...)
		a.turns[n] = &t
		a.texts["@kid("+words[0]+")"] = t.Kid
		a.texts[name] = member(protocol.Turned{Room: "lobby", Turn: t}.Append(nil), "turn")
	case "kid":
		a.texts[name] = a.turns[number()].Kid
	case "wrap":
		a.texts[name] = member(protocol.Wrapped{Room: "lobby", N: 1, Wrap: devicetest.Wrap(a.device(words[0]).ID)}.Append(nil), "wrap")
	case "sealed":
		kid := words[0] + "." + strings.Repeat("A", 22) // belongs to no turn
		if t := a.turns[number()]; t != nil {
			kid = t.Kid
		}
		a.texts[name] = member(protocol.Encode(protocol.Send{Room: "lobby", ID: "x", Encrypted: devicetest.Sealed(kid)}), "encrypted")
	}
}

// device returns the device with a name, which begins with the user's.
func (a *aliases) device(name string) *devicetest.Device {
	d := a.devices[name]
	if d == nil {
		made := devicetest.New(strings.TrimRight(name, "0123456789"))
		d = &made
		a.devices[name] = d
		a.texts["@id("+name+")"] = d.ID
		a.texts["@device("+name+")"] = member(protocol.Encode(protocol.Register{Device: d.Device}), "device")
	}
	return d
}

// member returns the last member of a frame as JSON.
func member(frame []byte, name string) string {
	_, value, _ := strings.Cut(string(frame), `,"`+name+`":`)
	return strings.TrimSuffix(value, "}")
}

// describeKeys describes an op about files or keys; it returns "" for others.
func describeKeys(op rules.Op) string {
	switch do := op.Do.(type) {
	case rules.Upload:
		return "upload " + do.File.ID
	case rules.Register:
		return "register " + do.Device.ID + " for " + op.Sender.ID
	case rules.Unregister:
		return "delete device " + do.ID
	case rules.MakeTurn:
		return fmt.Sprint("turn ", do.Turn.N, " by ", do.Device)
	case rules.HandOn:
		return fmt.Sprint("wraps of turn ", do.N, " by ", do.Device)
	case rules.Want:
		return fmt.Sprint("want turn ", do.N, " for ", do.Device)
	}
	return ""
}
