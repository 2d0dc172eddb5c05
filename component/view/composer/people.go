package composer

import (
	"slices"
	"strings"

	"hallway/component/client"
	"hallway/component/view/markup"
	"hallway/protocol"
)

// person is a line of the list: a user, or everybody.
type person struct {
	user protocol.User
	all  bool
}

// has reports whether a list contains a user.
func has(users []protocol.User, id string) bool {
	for i := range users {
		if users[i].ID == id {
			return true
		}
	}
	return false
}

// recent returns the other users who wrote last, the latest first. It leaves out absent users.
func recent(s *client.Snapshot, absent map[string]bool) (users []protocol.User) {
	for _, m := range slices.Backward(s.Messages) {
		if m.Sender.ID != s.Me.ID && !absent[m.Sender.ID] && !has(users, m.Sender.ID) {
			if users = append(users, m.Sender); len(users) == peopleShown {
				break
			}
		}
	}
	return users
}

// begins reports whether each written word is the beginning of a word in a name. The relay compares more exactly.
func begins(name, words string, same func(a, b string) bool) bool {
	found := 0
	for _, p := range markup.Highlight(name, words, same) {
		if p.Kind == markup.PieceMark {
			found++
		}
	}
	return found > 0 && found >= len(strings.Fields(words))
}
