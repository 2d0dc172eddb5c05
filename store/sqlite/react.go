package sqlite

import (
	"encoding/json"
	"slices"
	"strconv"

	"hallway/protocol"
	"hallway/relay/hub"
)

// react adds or takes back a reaction: a row of the table reactions, which knows
// all of them, and the summary that the message carries.
func (b *batch) react(r *room, m *protocol.Message, op *hub.Op) (changed bool, err error) {
	user := op.Sender.ID
	if op.On {
		brought := reactionOf(m, op.Emoji) < 0
		changed, err = affects(b.tx.Stmt(b.write.insertReaction).Exec(r.key, m.Seq, user, op.Emoji, r.head+1, brought))
	} else {
		changed, err = b.takeBack(r, m, op)
	}
	if err != nil || !changed {
		return false, err
	}
	if op.On {
		addReaction(m, user, op.Emoji)
		return true, nil
	}
	if full := takeReaction(m, user, op.Emoji); full != nil {
		full.Users, err = b.reactors(r, m, op.Emoji)
	}
	return true, err
}

// takeBack takes back a reaction's row. Of a user who has brought the emoji one stays
// while others have it; the last of them takes that one along.
func (b *batch) takeBack(r *room, m *protocol.Message, op *hub.Op) (changed bool, err error) {
	place := []any{r.key, m.Seq, op.Sender.ID, op.Emoji}
	at := reactionOf(m, op.Emoji)
	last := at >= 0 && m.Reactions[at].Count == 1
	if !last {
		if changed, err = affects(b.tx.Stmt(b.write.leaveReaction).Exec(place...)); err != nil || changed {
			return changed, err
		}
	}
	changed, err = affects(b.tx.Stmt(b.write.deleteReaction).Exec(place...))
	if err == nil && changed && last {
		_, err = b.tx.Stmt(b.write.deleteEmoji).Exec(r.key, m.Seq, op.Emoji)
	}
	return changed, err
}

// tooMany is why the sender may not add a reaction; its Code is "" if they may.
func (b *batch) tooMany(r *room, m *protocol.Message, op *hub.Op) (out hub.Outcome, err error) {
	if op.Kind != hub.OpReact || !op.On || reactionOf(m, op.Emoji) >= 0 {
		return out, nil
	}
	out = hub.Outcome{Code: protocol.CodeConflict, Why: protocol.WhyReactions}
	if len(m.Reactions) >= protocol.ReactionsMax {
		out.Reason = "the message has too many different reactions"
		return out, nil
	}
	var brought int
	err = b.tx.Stmt(b.write.countBrought).QueryRow(r.key, m.Seq, op.Sender.ID).Scan(&brought)
	if err != nil || brought < protocol.ReactionsNewMax {
		return hub.Outcome{}, err
	}
	out.Reason = "a user brings at most " + strconv.Itoa(protocol.ReactionsNewMax) + " new reactions to a message"
	return out, nil
}

func addReaction(m *protocol.Message, user, emoji string) {
	at := reactionOf(m, emoji)
	if at < 0 {
		at = len(m.Reactions)
		m.Reactions = append(m.Reactions, protocol.Reaction{Emoji: emoji})
	}
	summary := &m.Reactions[at]
	summary.Count++
	if len(summary.Users) < protocol.ReactionUsersMax {
		summary.Users = append(summary.Users, user)
	}
}

// takeReaction returns the summary where there is another user to be named in
// the place of this one.
func takeReaction(m *protocol.Message, user, emoji string) *protocol.Reaction {
	at := reactionOf(m, emoji)
	summary := &m.Reactions[at]
	if summary.Count--; summary.Count == 0 {
		if m.Reactions = slices.Delete(m.Reactions, at, at+1); len(m.Reactions) == 0 {
			m.Reactions = nil
		}
		return nil
	}
	named := slices.Index(summary.Users, user)
	if named < 0 {
		return nil
	}
	summary.Users = slices.Delete(summary.Users, named, named+1)
	if int64(len(summary.Users)) < summary.Count {
		return summary
	}
	return nil
}

// reactors are the first users, in the order in which they reacted.
func (b *batch) reactors(r *room, m *protocol.Message, emoji string) (users []string, err error) {
	rows, err := b.tx.Stmt(b.write.reactors).Query(r.key, m.Seq, emoji, protocol.ReactionUsersMax)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var user string
		if err := rows.Scan(&user); err != nil {
			return nil, err
		}
		users = append(users, user)
	}
	return users, rows.Err()
}

// reactionOf is where the message has the emoji's summary, -1: nowhere.
func reactionOf(m *protocol.Message, emoji string) int {
	return slices.IndexFunc(m.Reactions, func(r protocol.Reaction) bool { return r.Emoji == emoji })
}

// mine fills in which emoji of the messages are the user's. Only a message with
// more users than it names costs a look at the table of reactions.
func (v *view) mine(messages []protocol.Message) error {
	if v.user == "" {
		return nil
	}
	for i := range messages {
		m := &messages[i]
		var all []string
		asked := false
		for _, r := range m.Reactions {
			has := slices.Contains(r.Users, v.user)
			if !has && int64(len(r.Users)) < r.Count {
				if !asked {
					var err error
					if all, err = v.emoji(m.Seq); err != nil {
						return err
					}
					asked = true
				}
				has = slices.Contains(all, r.Emoji)
			}
			if has {
				m.Mine = append(m.Mine, r.Emoji)
			}
		}
	}
	return nil
}

// emoji are those with which the user has reacted to a message.
func (v *view) emoji(seq int64) (emoji []string, err error) {
	rows, err := v.stmt(v.read.mine).QueryContext(v.ctx, v.key, seq, v.user)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var one string
		if err := rows.Scan(&one); err != nil {
			return nil, err
		}
		emoji = append(emoji, one)
	}
	return emoji, rows.Err()
}

// reactionColumn is protocol.Reaction as it stands in a message's column.
type reactionColumn struct {
	Emoji string   `json:"emoji"`
	Count int64    `json:"count"`
	Users []string `json:"users"`
}

func encodeReactions(reactions []protocol.Reaction) (string, error) {
	if len(reactions) == 0 {
		return "", nil
	}
	column := make([]reactionColumn, len(reactions))
	for i, r := range reactions {
		column[i] = reactionColumn(r)
	}
	text, err := json.Marshal(column)
	return string(text), err
}

func decodeReactions(text string) ([]protocol.Reaction, error) {
	if text == "" {
		return nil, nil
	}
	var column []reactionColumn
	if err := json.Unmarshal([]byte(text), &column); err != nil {
		return nil, err
	}
	reactions := make([]protocol.Reaction, len(column))
	for i, r := range column {
		reactions[i] = protocol.Reaction(r)
	}
	return reactions, nil
}
