package sqlite

import (
	"slices"

	"hallway/protocol"
	"hallway/store/row"
)

// mine fills in the user's own reactions. It reads the table of reactions only for a message whose summary does not
// name all users.
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

var ownReactions = reading(`SELECT emoji FROM reactions WHERE room = ? AND seq = ? AND user_id = ?`)

// emoji returns the emoji with which the user has reacted to a message.
func (v *view) emoji(seq int64) (emoji []string, err error) {
	err = query(v.ctx, v.stmt(ownReactions), row.Into(&emoji, row.Value[string]), v.key, seq, v.user)
	return emoji, err
}
