package protocol

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Act is what a moderator does about a user of a room.
type Act string

// The acts of [Moderate].
const (
	ActMute   Act = "mute"   // may not write in the room
	ActUnmute Act = "unmute" // the mute is over
	ActBan    Act = "ban"    // may not enter the room
	ActUnban  Act = "unban"  // the ban is over
	ActRemove Act = "remove" // no member any more; may join again
	ActClear  Act = "clear"  // all messages of the user become tombstones
)

// Acts are all of them.
var Acts = [...]Act{ActMute, ActUnmute, ActBan, ActUnban, ActRemove, ActClear}

// Valid reports whether a is one of version 1's acts.
func (a Act) Valid() bool {
	for _, known := range Acts {
		if a == known {
			return true
		}
	}
	return false
}

// Lasts reports whether the act lasts, for a time or for ever: a sanction.
func (a Act) Lasts() bool { return a == ActMute || a == ActBan }

// Why names what stands in the way of somebody who is refused, beside the code.
// One that this version does not know is to be taken for none.
type Why string

// The reasons of version 1.
const (
	WhyBanned   Why = "banned"
	WhyMuted    Why = "muted"
	WhyFrozen   Why = "frozen"    // only organizers write
	WhyArchived Why = "archived"  // nobody writes
	WhySlowMode Why = "slow_mode" // too soon after the last message
	WhyRemoved  Why = "removed"   // is no member any more
	WhyRevoked  Why = "revoked"   // the user's tokens do not count

	// WhyReactions comes with a conflict: there are as many different reactions as there may
	// be, of the message or new ones of the user.
	WhyReactions Why = "reactions"
)

// Why a token was refused.
const (
	WhyMalformed Why = "malformed" // it is no JWT
	WhyAlgorithm Why = "algorithm" // its algorithm, or what its header demands, is not accepted
	WhyType      Why = "type"      // it is made for something else, by its typ
	WhyKey       Why = "key"       // its key is not known, or not any more
	WhySignature Why = "signature" // another secret or key has signed it
	WhyExpired   Why = "expired"
	WhyEarly     Why = "early"      // it is not valid yet
	WhyTTL       Why = "ttl"        // it lasts longer than this relay allows
	WhyIssuer    Why = "issuer"     // another issuer made it
	WhyAudience  Why = "audience"   // it is made for another application
	WhyClaims    Why = "claims"     // a claim is missing or not as it must be
	WhyUser      Why = "user"       // a refreshing hello brought another user's
	WhyBadTokens Why = "bad_tokens" // its address has shown too many bad ones
)

// Sanction is a mute or a ban that is in force, over REST.
type Sanction struct {
	User   User // name and role as in the members; a participant without a name who never joined
	Kind   Act  // ActMute or ActBan
	Until  Time // 0: for ever
	Reason string
	By     User // its role is not told
	At     Time
}

// Append appends the sanction's JSON to dst.
func (s *Sanction) Append(dst []byte) []byte {
	o := begin(dst)
	o.raw("user", s.User.Append)
	o.str("kind", string(s.Kind))
	o.optTime("until", s.Until)
	o.optStr("reason", s.Reason)
	o.raw("by", s.By.appendName)
	o.time("at", s.At)
	return o.end()
}

// appendName is Append without the role.
func (u User) appendName(dst []byte) []byte {
	o := begin(dst)
	o.str("id", u.ID)
	o.str("name", u.Name)
	return o.end()
}

// AppendSanctions appends the JSON of a list of sanctions to dst, as AppendRooms does.
func AppendSanctions(dst []byte, sanctions []Sanction, more *bool) []byte {
	return appendList(dst, "sanctions", more, len(sanctions), func(dst []byte, i int) []byte { return sanctions[i].Append(dst) })
}

// ReportState is what became of a report.
type ReportState string

// The states of a report.
const (
	ReportOpen      ReportState = "open"
	ReportResolved  ReportState = "resolved"  // it was right, and something was done
	ReportDismissed ReportState = "dismissed" // there was nothing to it
)

// Valid reports whether s is one of version 1's states.
func (s ReportState) Valid() bool {
	return s == ReportOpen || s == ReportResolved || s == ReportDismissed
}

// ReportEntry is a report of a message, over REST.
type ReportEntry struct {
	N        int64  // its number, unique in the relay
	ID       string // the message
	By       User   // its role is not told
	Reason   string
	At       Time
	State    ReportState
	ClosedBy string // a user's id; "" while it is open
	ClosedAt Time
}

// Append appends the report's JSON to dst.
func (r *ReportEntry) Append(dst []byte) []byte {
	o := begin(dst)
	o.int("n", r.N)
	o.str("id", r.ID)
	o.raw("by", r.By.appendName)
	o.str("reason", r.Reason)
	o.time("at", r.At)
	o.str("state", string(r.State))
	o.optStr("closed_by", r.ClosedBy)
	o.optTime("closed_at", r.ClosedAt)
	return o.end()
}

// AppendReports appends the JSON of a page of reports to dst; more says that
// others are left beyond it.
func AppendReports(dst []byte, reports []ReportEntry, more bool) []byte {
	o := begin(dst)
	o.list("reports", len(reports), func(dst []byte, i int) []byte { return reports[i].Append(dst) })
	o.bool("more", more)
	return o.end()
}

// AuditEntry is one act that was done with somebody's power over others, over REST.
type AuditEntry struct {
	N       int64 // its number, unique in the relay
	At      Time
	By      User // with the role at that time
	Act     string
	User    string // whom it concerned; may be empty
	ID      string // the message that it concerned; may be empty
	Details string // a JSON object; "" is {}
}

// Append appends the entry's JSON to dst.
func (e *AuditEntry) Append(dst []byte) []byte {
	o := begin(dst)
	o.int("n", e.N)
	o.time("at", e.At)
	o.raw("by", e.By.Append)
	o.str("act", e.Act)
	o.optStr("user", e.User)
	o.optStr("id", e.ID)
	o.raw("details", func(dst []byte) []byte { return appendObject(dst, e.Details) })
	return o.end()
}

// AppendAudit appends the JSON of a page of the audit to dst; more says that
// others are left beyond it.
func AppendAudit(dst []byte, entries []AuditEntry, more bool) []byte {
	o := begin(dst)
	o.list("entries", len(entries), func(dst []byte, i int) []byte { return entries[i].Append(dst) })
	o.bool("more", more)
	return o.end()
}

// AppendDeleted appends the JSON of how many messages a clear has deleted to dst.
func AppendDeleted(dst []byte, n int64) []byte {
	o := begin(dst)
	o.int("deleted", n)
	return o.end()
}

// ValidUser reports whether id may be a user's: 1 … UserBytesMax bytes of UTF-8
// without control characters.
func ValidUser(id string) bool {
	return id != "" && len(id) <= UserBytesMax && utf8.ValidString(id) && !strings.ContainsFunc(id, unicode.IsControl)
}

// CheckReason tells why a reason cannot be given: a code and a reason, both
// empty where it can. It may be empty.
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
