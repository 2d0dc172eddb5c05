package log

import (
	"strconv"
	"strings"

	"hallway/component/client"
	"hallway/component/view/markup"
	"hallway/protocol"
)

// mentionsKey encodes the mentions of a message as a text, because rows are compared with ==. For each mention it has the
// position, the length, and whether it names the user.
func mentionsKey(mentions []protocol.Mention, me string) string {
	key := ""
	for _, m := range mentions {
		mine := " 0 "
		if m.All || m.User == me {
			mine = " 1 "
		}
		key += strconv.FormatInt(m.At, 10) + " " + strconv.FormatInt(m.Len, 10) + mine
	}
	return key
}

// marksOf decodes the output of mentionsKey.
func marksOf(key string) (marks []markup.Mark) {
	numbers := strings.Fields(key)
	for ; len(numbers) >= 3; numbers = numbers[3:] {
		at, _ := strconv.Atoi(numbers[0])
		length, _ := strconv.Atoi(numbers[1])
		marks = append(marks, markup.Mark{At: at, Len: length, Mine: numbers[2] == "1"})
	}
	return marks
}

// nextMention returns the first loaded message of another user with a seq above after that mentions the user, or nil.
func nextMention(s *client.Snapshot, after int64) *protocol.Message {
	for _, m := range s.Messages {
		if m.Seq > after && m.Sender.ID != s.Me.ID && protocol.MentionsUser(m.Mentions, s.Me.ID) {
			return m
		}
	}
	return nil
}

// ToMention shows the next unread message that mentions the user. If it is not loaded, the window moves towards it.
func (s *scene) ToMention() {
	now := &s.snap
	m := nextMention(now, max(now.ReadSeq, s.mention))
	if m == nil {
		m = nextMention(now, now.ReadSeq)
	}
	n := len(now.Messages)
	switch {
	case n > 0 && now.MoreBefore && now.Messages[0].Seq > now.ReadSeq+1:
		s.host.Do(client.LoadAround{Seq: now.ReadSeq + 1})
	case m != nil:
		s.mention = m.Seq
		s.ToMessage(m.Seq, m.ID)
	case n > 0 && now.MoreAfter:
		s.host.Do(client.LoadAround{Seq: now.Messages[n-1].Seq + 1})
	}
}
