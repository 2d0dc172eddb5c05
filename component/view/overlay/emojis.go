package overlay

import "hallway/component/view/text"

// quickEmojis are offered at once; each is one character that all systems have.
var quickEmojis = []string{"👍", "❤️", "😂", "🎉", "😮", "😢"}

// emojiGroup is a group of emoji to react with.
type emojiGroup struct {
	name text.Word
	all  []string
}

// emojiGroups are all offered emoji. They are a choice: all of Unicode's would be as large as the
// rest of the chat.
var emojiGroups = []emojiGroup{
	{text.Frequent, quickEmojis},
	{text.Faces, []string{"😀", "😄", "😊", "😉", "😍", "🤩", "🤔", "😅", "😎", "🙄", "😭", "😡"}},
	{text.Hands, []string{"👎", "👏", "🙌", "🙏", "👋", "👌", "✌️", "🤞", "🤝", "💪", "☝️", "✋"}},
	{text.Things, []string{"💙", "💚", "💛", "🔥", "✨", "⭐", "💯", "✅", "❌", "❓", "🚀", "☕"}},
}

// emojiColumns is the number of emoji in a line; menu.css has the same number.
const emojiColumns = 6
