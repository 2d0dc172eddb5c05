package view

import "hallway/component/view/text"

// quickEmojis are offered at once; each is a grapheme that all systems have.
var quickEmojis = []string{"👍", "❤️", "😂", "🎉", "😮", "😢"}

// emojiGroup is a part of the emoji to react with.
type emojiGroup struct {
	name text.Word
	all  []string
}

// emojiGroups are all that are offered. It is a choice, not the whole of Unicode: that
// would be as large as the rest of the chat.
var emojiGroups = []emojiGroup{
	{text.Frequent, quickEmojis},
	{text.Faces, []string{"😀", "😄", "😊", "😉", "😍", "🤩", "🤔", "😅", "😎", "🙄", "😭", "😡"}},
	{text.Hands, []string{"👎", "👏", "🙌", "🙏", "👋", "👌", "✌️", "🤞", "🤝", "💪", "☝️", "✋"}},
	{text.Things, []string{"💙", "💚", "💛", "🔥", "✨", "⭐", "💯", "✅", "❌", "❓", "🚀", "☕"}},
}

// emojiColumns is how many emoji stand in a line; menu.css knows it too.
const emojiColumns = 6
