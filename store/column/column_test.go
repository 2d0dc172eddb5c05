package column_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"hallway/protocol"
	"hallway/store/column"
)

// drawList returns up to four values, with all characters in their texts; nil if there are none.
func drawList[T any](t *rapid.T, name string) []T {
	return append([]T(nil), rapid.SliceOfN(rapid.Make[T](), 0, 4).Draw(t, name)...)
}

// drawMessage returns a message with any of the parts that columns hold. Encrypted content takes the place of mentions.
func drawMessage(t *rapid.T) (m protocol.Message) {
	m.Files = drawList[protocol.File](t, "files")
	m.AutoText = len(m.Files) > 0 && rapid.Bool().Draw(t, "auto text")
	m.Reactions = drawList[protocol.Reaction](t, "reactions")
	if m.Encrypted = rapid.Make[*protocol.Encrypted]().Draw(t, "encrypted"); m.Encrypted == nil {
		m.Mentions = drawList[protocol.Mention](t, "mentions")
	}
	return m
}

// encode returns the columns of a message: files, encrypted content or mentions, and reactions.
func encode(t *rapid.T, m *protocol.Message) (files, content, reactions string) {
	must := func(text string, err error) string {
		if err != nil || strings.Contains(text, "\n") {
			t.Fatalf("%+v has the column %q, %v", m, text, err)
		}
		return text
	}
	files, reactions = must(column.EncodeFiles(m)), must(column.EncodeReactions(m.Reactions))
	return files, must(column.EncodeEncrypted(m.Encrypted)) + must(column.EncodeMentions(m.Mentions)), reactions
}

func TestColumnsHoldAMessage(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := drawMessage(t)
		files, content, reactions := encode(t, &m)
		more := content
		if files != "" {
			more = files + "\n" + content
		}

		var got protocol.Message
		err := column.DecodeMore(&got, more)
		if err == nil {
			got.Reactions, err = column.DecodeReactions(reactions)
		}
		if err != nil || !reflect.DeepEqual(got, m) {
			t.Fatalf("%q and %q hold %+v, %v, want %+v", more, reactions, got, err, m)
		}

		got = protocol.Message{}
		rest, err := column.CutFiles(&got, more)
		if want := (protocol.Message{Files: m.Files, AutoText: m.AutoText}); err != nil || rest != content || !reflect.DeepEqual(got, want) {
			t.Fatalf("%q holds %+v before %q, %v, want %+v before %q", more, got, rest, err, want, content)
		}
	})
}

// TestDamagedColumnsAreErrors cuts the end off each column. A column with a changed byte may be read, but without a panic.
func TestDamagedColumnsAreErrors(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := drawMessage(t)
		files, content, reactions := encode(t, &m)
		more := func(text string) error { return column.DecodeMore(new(protocol.Message), text) }
		for _, c := range []struct {
			text   string
			decode func(string) error
		}{
			{files, more},
			{files, func(text string) error { return more(text + "\n" + content) }},
			{content, more},
			{content, func(text string) error { return more(`{"files":[]}` + "\n" + text) }},
			{reactions, func(text string) error { _, err := column.DecodeReactions(text); return err }},
		} {
			if c.text == "" {
				continue
			}
			at := rapid.IntRange(1, len(c.text)-1).Draw(t, "end")
			if err := c.decode(c.text[:at]); err == nil {
				t.Errorf("%q is read without an error", c.text[:at])
			}
			changed := []byte(c.text)
			changed[at] = rapid.Byte().Draw(t, "byte")
			_ = c.decode(string(changed)) // the text may still be valid
		}
	})
}

func TestReadRole(t *testing.T) {
	for text, want := range map[string]protocol.User{
		"":                             {},
		"moderator":                    {Role: protocol.RoleModerator},
		"moderator https://a.test/b c": {Role: protocol.RoleModerator, Picture: "https://a.test/b c"},
		" https://a.test/b":            {Picture: "https://a.test/b"},
	} {
		got := protocol.User{Role: protocol.Role(text)}
		if column.ReadRole(&got); got != want {
			t.Errorf("%q: %+v, want %+v", text, got, want)
		}
	}
}

// TestSumsUp gives an emoji's users in their order, the emoji in any order, and then changes one thing.
func TestSumsUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var reactions []protocol.Reaction
		var emoji, users []string
		for _, e := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"a", "b", "c"}), 0, 3, rapid.ID).Draw(t, "emoji") {
			by := rapid.SliceOfNDistinct(rapid.StringN(1, 3, -1), 1, protocol.ReactionUsersMax+2, rapid.ID).Draw(t, "users")
			reactions = append(reactions, protocol.Reaction{Emoji: e, Count: int64(len(by)), Users: by[:min(len(by), protocol.ReactionUsersMax)]})
			emoji, users = append(emoji, slices.Repeat([]string{e}, len(by))...), append(users, by...)
		}
		is := func(reactions []protocol.Reaction, want bool, why string) {
			text, err := column.EncodeReactions(reactions)
			if got := column.SumsUp(text, emoji, users); err != nil || got != want {
				t.Errorf("%s: %q sums up %q of %q: %v, %v", why, text, emoji, users, got, err)
			}
		}
		if column.SumsUp("[", emoji, users) {
			t.Error("a damaged column sums up")
		}
		is(rapid.Permutation(reactions).Draw(t, "order"), true, "as they are")
		if len(reactions) == 0 {
			is([]protocol.Reaction{{Emoji: "a", Count: 1, Users: []string{"u"}}}, false, "without rows")
			return
		}
		is(reactions[1:], false, "one emoji less")
		first := reactions[0]
		reactions[0].Count++
		is(reactions, false, "a higher count")
		reactions[0] = first
		reactions[0].Users = append([]string{"other"}, first.Users[1:]...)
		is(reactions, false, "another user")
	})
}
