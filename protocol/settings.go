package protocol

import (
	"errors"
	"strconv"
	"strings"
)

// RoomSettings are the members of a room's settings that the relay enforces. It keeps other members unchanged.
type RoomSettings struct {
	SlowModeS  int64 // seconds between two messages of a participant; 0: slow mode is off
	Frozen     bool  // only organizers may write
	RetentionS int64 // seconds that a message is kept; 0: for ever
	Archived   bool  // no user may write

	MembersStaff bool // only moderators and organizers see the list of members

	Files     FilesRule
	FileTypes string // a list for MatchType; "": all

	E2EE int64 // the version of the room's end-to-end encryption; 0: it is not encrypted
}

// FilesRule tells which users may send files in a room.
type FilesRule string

// The rules of version 1. "" is FilesAll.
const (
	FilesAll   FilesRule = "all"
	FilesStaff FilesRule = "staff" // moderators and organizers
	FilesOff   FilesRule = "off"
)

func (r FilesRule) valid() bool { return r == FilesAll || r == FilesStaff || r == FilesOff }

// Allows reports whether a user in the role may send files.
func (r FilesRule) Allows(role Role) bool {
	return r != FilesOff && (r != FilesStaff || role.AtLeast(RoleModerator))
}

// The bounds of a room's settings.
const (
	// SlowModeSMax is the longest slow mode, in seconds.
	SlowModeSMax = 3600
	// RetentionSMin is the shortest retention, in seconds.
	RetentionSMin = 60
)

func validSlowMode(s int64) bool { return 0 <= s && s <= SlowModeSMax }

// ReadSettings reads a room's settings, a JSON object or "". The error, safe to show, names a wrong setting, which
// counts as absent.
func ReadSettings(settings string) (r RoomSettings, err error) {
	if settings == "" {
		return r, nil
	}
	s := scanner{data: []byte(settings)}
	s.object(func(name []byte) {
		if s.word("null") {
			return
		}
		if want := r.readMember(&s, string(name)); want != "" {
			err = errors.New(string(name) + " must be " + want)
		}
	})
	s.end()
	if s.err != nil {
		return RoomSettings{}, s.err
	}
	return r, err
}

// readMember reads the value of a setting. For a wrong value it leaves the setting empty and returns a description of
// the allowed values; otherwise it returns "".
func (r *RoomSettings) readMember(s *scanner, name string) (want string) {
	var ok bool
	switch name {
	case "slow_mode_s":
		if r.SlowModeS, ok = s.integer(); !ok || !validSlowMode(r.SlowModeS) {
			r.SlowModeS, want = 0, slowModeWant
		}
	case "retention_s":
		if r.RetentionS, ok = s.integer(); !ok || r.RetentionS != 0 && r.RetentionS < RetentionSMin {
			r.RetentionS, want = 0, "0 or an integer of at least 60"
		}
	case "frozen":
		if r.Frozen, ok = s.boolean(); !ok {
			want = "true or false"
		}
	case "archived":
		if r.Archived, ok = s.boolean(); !ok {
			want = "true or false"
		}
	case "members":
		var who []byte
		if who, ok = s.text(); !ok || string(who) != "all" && string(who) != "staff" {
			want = `"all" or "staff"`
		}
		r.MembersStaff = string(who) == "staff"
	case "files":
		var rule []byte
		rule, ok = s.text()
		if r.Files = FilesRule(rule); !ok || !r.Files.valid() {
			r.Files, want = "", `"all", "staff" or "off"`
		}
	case "file_types":
		if r.FileTypes, ok = s.readTypes(); !ok {
			want = `a list of 1 to 50 types such as "image/*" or "application/pdf"`
		}
	case "e2ee":
		if r.E2EE, ok = s.integer(); !ok || r.E2EE != 1 {
			r.E2EE, want = 0, "1"
		}
	default:
		s.skip()
	}
	return want
}

const slowModeWant = "an integer of 0 to 3600"

// Apply puts the settings in f into a room's settings, a JSON object or "", and keeps the rest as written.
func (f Adjust) Apply(settings string) string {
	if settings == "" {
		settings = "{}"
	}
	if f.SlowModeS != nil {
		settings = replaceMember(settings, "slow_mode_s", strconv.FormatInt(*f.SlowModeS, 10))
	}
	if f.Frozen != nil {
		settings = replaceMember(settings, "frozen", strconv.FormatBool(*f.Frozen))
	}
	return settings
}

// replaceMember replaces the value of a member of a JSON object, or adds the member.
func replaceMember(object, name, value string) string {
	s := scanner{data: []byte(object)}
	start, end, members := 0, 0, 0
	s.object(func(n []byte) {
		members++
		s.peek()
		at := s.pos
		s.skip()
		if string(n) == name {
			start, end = at, s.pos
		}
	})
	if start > 0 {
		return object[:start] + value + object[end:]
	}
	member := `"` + name + `":` + value
	if members > 0 {
		member = "," + member
	}
	last := strings.LastIndexByte(object, '}')
	return object[:last] + member + object[last:]
}
