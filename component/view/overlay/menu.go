package overlay

import (
	"slices"
	"strconv"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"hallway/component/view/action"
	"hallway/component/view/dom"
	"hallway/component/view/text"
)

// menuGap is the distance of a menu from its message and from the chat's edges, in CSS
// pixels.
const menuGap = 4

// menu is the menu of a message.
type menu struct {
	*shared
	box    app.Value      // nil while not mounted
	target *action.Target // nil while closed
	lines  [][]app.Value  // the items
	at     dom.Cell       // the position of the focus in lines
}

//go:noinline
func (m *menu) isOpen() bool { return m.box != nil && !m.box.Get("hidden").Bool() }

func (m *menu) close() {
	if m.isOpen() {
		m.box.Set("hidden", true)
		m.target = nil
	}
}

// back closes the menu, moves the focus back to its message, and returns the message's id.
func (m *menu) back() (id string) {
	if m.target != nil {
		id = m.target.ID
	}
	m.close()
	m.log.Refocus(id)
	return id
}

// openActions opens the menu of a message: a line of emoji if the message may have reactions, and then the
// other actions.
func (m *menu) openActions(t *action.Target, all []action.Action) {
	m.begin(t, text.Menu)
	if slices.Contains(all, action.React) {
		m.addEmojis(text.React, quickEmojis, true)
		dom.Append(m.box, separator())
	}
	for _, does := range all {
		if does == action.Report {
			dom.Append(m.box, separator())
		}
		if does != action.React {
			m.addItem(does)
		}
	}
	dom.Append(m.box, separator())
	m.addItem(action.Shortcuts)
	m.open()
}

// openEmojis opens the choice of emoji to react with.
func (m *menu) openEmojis(t *action.Target) {
	m.begin(t, text.React)
	for _, group := range emojiGroups {
		title := dom.Text("div", "hallway-menu-title", m.text.Say(group.name))
		dom.SetAttribute(title, "aria-hidden", "true") // the group has this name
		dom.Append(m.box, title)
		for line := range slices.Chunk(group.all, emojiColumns) {
			m.addEmojis(group.name, line, false)
		}
	}
	m.open()
}

// begin empties the menu for a message.
func (m *menu) begin(t *action.Target, name text.Word) {
	m.log.MenuOpens()
	m.target, m.lines, m.at = t, nil, dom.Cell{}
	m.box.Call("replaceChildren")
	dom.SetAttribute(m.box, "role", "menu")
	dom.SetAttribute(m.box, "aria-label", m.text.Say(name))
}

// addEmojis adds a line of emoji and, if more is true, a button for all others.
func (m *menu) addEmojis(name text.Word, emojis []string, more bool) {
	group := dom.New("div", "hallway-emojis")
	dom.SetAttribute(group, "role", "group")
	dom.SetAttribute(group, "aria-label", m.text.Say(name))
	var line []app.Value
	for _, emoji := range emojis {
		b := action.Button(action.Emoji, emoji)
		dom.SetAttribute(b, "role", "menuitemcheckbox")
		dom.SetAttribute(b, "aria-checked", strconv.FormatBool(slices.Contains(m.target.Mine, emoji)))
		dom.SetData(b, "emoji", emoji)
		line = append(line, b)
	}
	if more {
		b := action.IconButton(action.React, m.text)
		dom.SetAttribute(b, "role", "menuitem")
		line = append(line, b)
	}
	for _, b := range line {
		b.Set("tabIndex", -1)
		dom.Append(group, b)
	}
	m.lines = append(m.lines, line)
	dom.Append(m.box, group)
}

func (m *menu) addItem(does action.Action) {
	item := m.item(does)
	dom.SetAttribute(item, "role", "menuitem")
	item.Set("tabIndex", -1)
	if key := does.Shortcut(); key != "" {
		dom.SetAttribute(item, "aria-keyshortcuts", key)
		hint := keyCap(key)
		dom.SetAttribute(hint, "aria-hidden", "true")
		dom.Append(item, hint)
	}
	m.lines = append(m.lines, []app.Value{item})
	dom.Append(m.box, item)
}

// item returns a button with the icon and the name of an action.
func (s *shared) item(does action.Action) app.Value {
	item := action.Button(does, "")
	item.Set("className", "hallway-item")
	item.Call("append", action.Icon(does), dom.Text("span", "hallway-item-name", does.Name(s.text)))
	return item
}

func separator() app.Value {
	line := dom.New("div", "hallway-menu-line")
	dom.SetAttribute(line, "role", "separator")
	return line
}

func keyCap(key string) app.Value { return dom.Text("kbd", "hallway-key", key) }

// open shows the menu beside its message, where the chat has space for it, and moves the focus
// into it.
func (m *menu) open() {
	own := m.target.Own
	dom.SetFlag(m.box.Get("dataset"), "own", true, own)
	m.box.Set("hidden", false)
	chat := m.box.Get("parentElement").Get("parentElement")
	width, height := dom.Extent(chat)
	menuWidth, menuHeight := dom.Extent(m.box)
	bubble := dom.BoxIn(m.target.Bubble, chat)
	top := menuTop(bubble.Top, bubble.Bottom, menuHeight, height)
	side := bubble.Left
	if own != (m.text.Dir == "rtl") {
		side = width - bubble.Right
	}
	side = max(menuGap, min(side, width-menuWidth-menuGap))
	style := m.box.Get("style")
	style.Call("setProperty", "--hallway-menu-top", strconv.Itoa(int(top))+"px")
	style.Call("setProperty", "--hallway-menu-side", strconv.Itoa(int(side))+"px")
	m.box.Set("scrollTop", 0)
	m.focus()
}

// menuTop returns the top of a menu: below the message, or else above it, or else as low as possible. top and bottom
// are the edges of the message. height and chat are the heights of the menu and the chat.
func menuTop(top, bottom, height, chat float64) float64 {
	switch {
	case bottom+menuGap+height <= chat:
		return bottom + menuGap
	case top-menuGap-height >= 0:
		return top - menuGap - height
	}
	return max(0, chat-height-menuGap)
}

func (m *menu) focus() { m.lines[m.at.Line][m.at.At].Call("focus") }

// onKeyDown handles the keys pressed in the menu. Tab leaves it.
func (m *menu) onKeyDown(ctx app.Context, e app.Event) {
	ctx.PreventUpdate()
	key := dom.Key(e)
	if !m.isOpen() {
		return
	}
	if m.log.ForComposer(e) {
		m.close() // the chat handles the key
		return
	}
	if dom.HasModifierOrShift(e) && key != "Tab" {
		return
	}
	if key == "Escape" || key == "Tab" {
		e.PreventDefault()
		m.back()
		return
	}
	m.noticeFocus()
	widths := make([]int, len(m.lines))
	for i, line := range m.lines {
		widths[i] = len(line)
	}
	if to, ok := dom.GridTarget(key, m.at, widths, m.text.Dir == "rtl"); ok {
		e.PreventDefault()
		m.log.UseKeyboard()
		m.at = to
		m.focus()
	}
}

// noticeFocus finds the item that has the focus, because a click moves the focus, too.
func (m *menu) noticeFocus() {
	active := dom.Active()
	for i, line := range m.lines {
		for j, item := range line {
			if item.Equal(active) {
				m.at = dom.Cell{Line: i, At: j}
			}
		}
	}
}

// onFocusOut closes the menu when the focus leaves it.
func (m *menu) onFocusOut(ctx app.Context, e app.Event) {
	ctx.PreventUpdate()
	if !m.isOpen() || dom.StaysIn(e, m.box) {
		return
	}
	if !dom.HasFocus(m.box) {
		m.close()
	}
}

// quickEmojis holds the emoji that the menu itself offers. All systems have them.
var quickEmojis = []string{"👍", "❤️", "😂", "🎉", "😮", "😢"}

// emojiGroup is a group of emoji to react with.
type emojiGroup struct {
	name text.Word
	all  []string
}

// emojiGroups holds all offered emoji. All emoji of Unicode would be as large as the rest of the
// chat.
var emojiGroups = []emojiGroup{
	{text.Frequent, quickEmojis},
	{text.Faces, []string{"😀", "😄", "😊", "😉", "😍", "🤩", "🤔", "😅", "😎", "🙄", "😭", "😡"}},
	{text.Hands, []string{"👎", "👏", "🙌", "🙏", "👋", "👌", "✌️", "🤞", "🤝", "💪", "☝️", "✋"}},
	{text.Things, []string{"💙", "💚", "💛", "🔥", "✨", "⭐", "💯", "✅", "❌", "❓", "🚀", "☕"}},
}

// emojiColumns is the number of emoji in a line; menu.css has the same number.
const emojiColumns = 6
