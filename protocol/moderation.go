package protocol

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Act is an act of a moderator about a user of a room.
type Act string

// The acts of [Moderate].
const (
	ActMute   Act = "mute"   // may not write in the room
	ActUnmute Act = "unmute" // ends the mute
	ActBan    Act = "ban"    // may not enter the room
	ActUnban  Act = "unban"  // ends the ban
	ActRemove Act = "remove" // the user is no longer a member; may join again
	ActClear  Act = "clear"  // all messages of the user become tombstones
)

// Acts lists all acts.
var Acts = [...]Act{ActMute, ActUnmute, ActBan, ActUnban, ActRemove, ActClear}

// Valid reports whether a is one of version 1's acts.
func (a Act) Valid() bool { return slices.Contains(Acts[:], a) }

// Lasts reports whether the act is a sanction, which lasts for a time or for ever.
func (a Act) Lasts() bool { return a == ActMute || a == ActBan }

// Why names the cause of a refusal, in addition to the code. An unknown cause counts as none.
type Why string

// The reasons of version 1.
const (
	WhyBanned   Why = "banned"
	WhyMuted    Why = "muted"
	WhyFrozen   Why = "frozen"    // only organizers may write
	WhyArchived Why = "archived"  // no user may write
	WhySlowMode Why = "slow_mode" // too soon after the last message
	WhyRemoved  Why = "removed"   // the user is no longer a member
	WhyRevoked  Why = "revoked"   // the user's tokens were revoked

	// WhyReactions comes with a conflict: the message has too many different reactions, or too many new ones of the
	// user.
	WhyReactions Why = "reactions"
)

// Reasons why an end-to-end encrypted room refuses a message.
const (
	WhyEncrypted Why = "encrypted" // it is not encrypted
	WhyStaleKey  Why = "stale_key" // its key is not the newest; the message is not stored
)

// Why a file was refused.
const (
	WhyFilesOff Why = "files_off" // the room accepts no files, or none from this role
	WhyFileType Why = "file_type" // the relay or the room does not accept files of this type
	WhyQuota    Why = "quota"     // the quota of the user, the room or the relay is used up
	WhyPicture  Why = "picture"   // it has too many pixels, or does not decode
	WhyScan     Why = "scan"      // the relay's scanner has found something in it
)

// Why a token was refused.
const (
	WhyMalformed Why = "malformed" // it is not a JWT
	WhyAlgorithm Why = "algorithm" // its algorithm, or an extension in its header, is not accepted
	WhyType      Why = "type"      // its typ is for another purpose
	WhyKey       Why = "key"       // its key is unknown, or was removed
	WhySignature Why = "signature" // another secret or key has signed it
	WhyExpired   Why = "expired"
	WhyEarly     Why = "early"      // it is not valid yet
	WhyTTL       Why = "ttl"        // it is valid for longer than this relay allows
	WhyIssuer    Why = "issuer"     // another issuer made it
	WhyAudience  Why = "audience"   // it is made for another application
	WhyClaims    Why = "claims"     // a claim is missing or not valid
	WhyUser      Why = "user"       // a refreshing hello had another user's token
	WhyBadTokens Why = "bad_tokens" // its address has shown too many bad tokens
)

// Sanction is a mute or a ban that is in force, over REST.
type Sanction struct {
	User   User // name and role as in the members; without a membership a participant without a name
	Kind   Act  // ActMute or ActBan
	Until  Time // 0: for ever
	Reason string
	By     User // without the role
	At     Time
}

func (s *Sanction) fields(c *codec) {
	for c.walk() {
		userField(c, "user", &s.User, nameOnly)
		c.str("kind", (*string)(&s.Kind), must)
		c.time("until", &s.Until, opt)
		c.str("reason", &s.Reason, opt)
		authorField(c, "by", &s.By)
		c.time("at", &s.At, must)
	}
}

// Append appends the sanction's JSON to dst.
func (s *Sanction) Append(dst []byte) []byte { c := codec{out: dst}; s.fields(&c); return c.out }

// AppendSanctions appends the JSON of a list of sanctions to dst, as AppendRooms does.
func AppendSanctions(dst []byte, sanctions []Sanction, more *bool) []byte {
	return appendList(dst, "sanctions", more, len(sanctions), func(dst []byte, i int) []byte { return sanctions[i].Append(dst) })
}

// ReportState is the state of a report.
type ReportState string

// The states of a report.
const (
	ReportOpen      ReportState = "open"
	ReportResolved  ReportState = "resolved"  // it was right, and a moderator has acted
	ReportDismissed ReportState = "dismissed" // there was no reason to act
)

// Valid reports whether s is one of version 1's states.
func (s ReportState) Valid() bool {
	return s == ReportOpen || s == ReportResolved || s == ReportDismissed
}

// ReportEntry is a report of a message, over REST.
type ReportEntry struct {
	N        int64  // its number, unique in the relay
	ID       string // the message
	By       User   // without the role
	Reason   string
	At       Time
	State    ReportState
	ClosedBy string // a user's id; "" while it is open
	ClosedAt Time
}

func (r *ReportEntry) fields(c *codec) {
	for c.walk() {
		c.int("n", &r.N, must)
		c.str("id", &r.ID, must)
		authorField(c, "by", &r.By)
		c.str("reason", &r.Reason, must)
		c.time("at", &r.At, must)
		c.str("state", (*string)(&r.State), must)
		c.str("closed_by", &r.ClosedBy, opt)
		c.time("closed_at", &r.ClosedAt, opt)
		c.want(r.N > 0 && r.ID != "")
	}
}

// Append appends the report's JSON to dst.
func (r *ReportEntry) Append(dst []byte) []byte { c := codec{out: dst}; r.fields(&c); return c.out }

// AuditEntry is an act of moderation or administration, over REST.
type AuditEntry struct {
	N       int64 // its number, unique in the relay
	At      Time
	By      User // with the role at that time
	Act     string
	User    string // the user concerned; may be empty
	ID      string // the message concerned; may be empty
	Details string // a JSON object; "" is {}
}

func (e *AuditEntry) fields(c *codec) {
	for c.walk() {
		c.int("n", &e.N, must)
		c.time("at", &e.At, must)
		userField(c, "by", &e.By, nameOnly)
		c.str("act", &e.Act, must)
		c.str("user", &e.User, opt)
		c.str("id", &e.ID, opt)
		c.raw("details", &e.Details)
	}
}

// Append appends the entry's JSON to dst.
func (e *AuditEntry) Append(dst []byte) []byte { c := codec{out: dst}; e.fields(&c); return c.out }

// AppendAudit appends the JSON of a page of the audit to dst; more reports that others follow.
func AppendAudit(dst []byte, entries []AuditEntry, more bool) []byte {
	return appendList(dst, "entries", &more, len(entries), func(dst []byte, i int) []byte { return entries[i].Append(dst) })
}

// AppendDeleted appends the JSON of the number of messages that a clear has deleted to dst.
func AppendDeleted(dst []byte, n int64) []byte {
	c := codec{out: dst}
	for c.walk() {
		c.int("deleted", &n, must)
	}
	return c.out
}

// ValidUser reports whether id is a valid user id: 1 … UserBytesMax bytes of UTF-8 without control characters.
func ValidUser(id string) bool {
	return id != "" && len(id) <= UserBytesMax && utf8.ValidString(id) && !strings.ContainsFunc(id, unicode.IsControl)
}

// CheckReason returns the code and the text of a refusal of a moderator's reason; both are empty if it is valid. An
// empty reason is valid.
func CheckReason(reason string) (Code, string) {
	switch {
	case len(reason) > ReasonBytesMax:
		return CodeTooLarge, "the reason is too long"
	case !utf8.ValidString(reason):
		return CodeBadRequest, "the reason is not UTF-8"
	case strings.ContainsFunc(reason, forbiddenInText):
		return CodeBadRequest, "the reason has control characters"
	}
	return "", ""
}
