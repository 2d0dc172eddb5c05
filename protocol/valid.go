package protocol

import (
	"encoding/base64"
	"strings"
	"unicode"
	"unicode/utf8"
)

// ValidRoom reports whether name is a valid room name: [A-Za-z0-9][A-Za-z0-9._:~-]{0,127}.
func ValidRoom(name string) bool {
	if name == "" || len(name) > RoomBytesMax {
		return false
	}
	for i := range len(name) {
		c := name[i]
		if !alphanumeric(c) && (i == 0 || strings.IndexByte("._:~-", c) < 0) {
			return false
		}
	}
	return true
}

func alphanumeric(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// ValidID reports whether id is a UUID (RFC 9562) in canonical lower case, of
// any version.
func ValidID(id string) bool {
	if len(id) != 36 {
		return false
	}
	for i := range len(id) {
		c := id[i]
		switch i {
		case 8, 13, 18, 23:
			if c != '-' {
				return false
			}
		default:
			if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
				return false
			}
		}
	}
	return true
}

// checkField checks the value of a client's field, a string s or an integer n, and returns the string in its stored
// form. A name has the same meaning in each frame and body.
func checkField(name, s string, n, textBytes int64) (kept string, code Code, reason string) {
	ok, want := true, ""
	switch name {
	case "token", "client": // these may be as long as the frame
	case "text":
		s = NormalBreaks(s)
		code, reason = CheckText(s, textBytes)
		return s, code, reason
	case "reason":
		s = NormalBreaks(s)
		code, reason = CheckReason(s)
		if Blank(s) {
			s = ""
		}
		return s, code, reason
	case "type":
		ok, want = false, "the frame's type is not known"
	case "room":
		ok, want = ValidRoom(s), "room is not a valid room name"
	case "id", "reply_to":
		ok, want = ValidID(s), name+" is not a UUID in canonical lower case"
	case "sent_at":
		_, err := parseTime(s)
		ok, want = err == nil, "sent_at "+errTime.Error()
	case "emoji":
		ok, want = ValidEmoji(s), "emoji must be 1 to 64 bytes without white space"
	case "act":
		ok, want = Act(s).Valid(), "act is none of mute, unmute, ban, unban, remove, clear"
	case "user":
		ok, want = ValidUser(s), "user is not a valid user id"
	case "state":
		ok, want = ReportState(s).Valid() && ReportState(s) != ReportOpen, "state must be resolved or dismissed"
	case "seq":
		ok, want = n >= 0, "seq is negative"
	case "n":
		ok, want = 1 <= n, "n must be 1 or more"
	case "for_ms":
		ok, want = 1 <= n && n <= SanctionMsMax, "for_ms must be 1 to ten years"
	case "for_s":
		ok, want = 1 <= n && n <= SanctionMsMax/1000, "for_s must be 1 to ten years"
	case "slow_mode_s":
		ok, want = validSlowMode(n), "slow_mode_s must be "+slowModeWant
	default:
		return s, CodeInternal, name + " has no limits"
	}
	if ok {
		return s, "", ""
	}
	return s, CodeBadRequest, want
}

// NormalBreaks returns a text in which every line break is one newline: a carriage return counts as one, alone or with
// a following newline.
func NormalBreaks(text string) string {
	if strings.IndexByte(text, '\r') < 0 {
		return text
	}
	return strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
}

// CheckText returns the code and the reason of a text's refusal; both are empty if it is valid: it has at most bytesMax
// bytes, and the line breaks of [NormalBreaks].
func CheckText(text string, bytesMax int64) (Code, string) {
	switch {
	case int64(len(text)) > bytesMax:
		return CodeTooLarge, "the text is too long"
	case !utf8.ValidString(text):
		return CodeBadRequest, "the text is not UTF-8"
	case Blank(text):
		return CodeBadRequest, "the text is empty"
	case strings.ContainsFunc(text, forbiddenInText):
		return CodeBadRequest, "the text has control characters"
	}
	return "", ""
}

// forbiddenInText reports whether a character is not allowed in texts: a control character (Unicode's category Cc)
// except newline and tab.
func forbiddenInText(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }

// ivBytes is the size of A256GCM's initialisation vector.
const ivBytes = 12

// checkEncrypted is CheckText for an encrypted text.
func checkEncrypted(e *Encrypted, textBytesMax int64) (Code, string) {
	iv, ivErr := base64URL(e.IV)
	ct, ctErr := base64URL(e.CT)
	switch {
	case e.Alg != "A256GCM":
		return CodeBadRequest, "encrypted.alg must be A256GCM"
	case e.Kid == "" || len(e.Kid) > kidBytesMax || strings.ContainsFunc(e.Kid, unicode.IsControl):
		return CodeBadRequest, "encrypted.kid must name a key in at most 128 bytes"
	case ivErr != nil || len(iv) != ivBytes:
		return CodeBadRequest, "encrypted.iv must be base64url of 12 bytes"
	case ctErr != nil || len(ct) == 0:
		return CodeBadRequest, "encrypted.ct must be base64url"
	case int64(len(ct)) > textBytesMax+EncryptedExtraBytesMax:
		return CodeTooLarge, "the text is too long"
	}
	return "", ""
}

// kidBytesMax bounds the name of a key.
const kidBytesMax = 128

// base64URL decodes RFC 4648 base64url, padded or not.
func base64URL(s string) ([]byte, error) {
	return base64.RawURLEncoding.Strict().DecodeString(strings.TrimRight(s, "="))
}

// ValidEmoji reports whether e is a valid reaction: 1 … EmojiBytesMax bytes of UTF-8 without white space or control
// characters, with something visible.
func ValidEmoji(e string) bool {
	return !Blank(e) && len(e) <= EmojiBytesMax && utf8.ValidString(e) &&
		!strings.ContainsFunc(e, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) })
}
