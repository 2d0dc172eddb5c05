package view

import (
	"slices"
	"strconv"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

// menuGap is how far a menu keeps from its message and from the chat's edges, in CSS
// pixels.
const menuGap = 4

// openMenu opens the menu of a message: a line of emoji, where it may have reactions,
// then what else can be done.
func (o *over) openMenu(id string, all []action) {
	if !o.begin(id, wordMenu) {
		return
	}
	if slices.Contains(all, actionReact) {
		o.addEmojis(wordReact, quickEmojis, true)
		o.menu.Call("append", separator())
	}
	for _, does := range all {
		if does == actionReport {
			o.menu.Call("append", separator())
		}
		if does != actionReact {
			o.addItem(does)
		}
	}
	o.menu.Call("append", separator())
	o.addItem(actionShortcuts)
	o.open()
}

// openEmojis opens the choice of emoji to react with.
func (o *over) openEmojis(id string) {
	if !o.begin(id, wordReact) {
		return
	}
	for _, group := range emojiGroups {
		title := element("div", "hallway-menu-title")
		setAttribute(title, "aria-hidden", "true") // the group is called so
		title.Set("textContent", o.log.text.say(group.name))
		o.menu.Call("append", title)
		for line := range slices.Chunk(group.all, emojiColumns) {
			o.addEmojis(group.name, line, false)
		}
	}
	o.open()
}

// begin empties the menu for a message.
func (o *over) begin(id string, name word) bool {
	if o.root == nil || o.log.list.nodes[id] == nil {
		return false
	}
	o.log.noticeScroll() // what was scrolled until now does not close it
	o.id, o.lines, o.at, o.deleted = id, nil, place{}, o.log.list.nodes[id].is.deleted
	o.menu.Call("replaceChildren")
	setAttribute(o.menu, "role", "menu")
	setAttribute(o.menu, "aria-label", o.log.text.say(name))
	return true
}

// addEmojis adds a line of emoji and, if more, the way to all others.
func (o *over) addEmojis(name word, emojis []string, more bool) {
	group := element("div", "hallway-emojis")
	setAttribute(group, "role", "group")
	setAttribute(group, "aria-label", o.log.text.say(name))
	set := o.log.list.nodes[o.id].is.reactions
	var line []app.Value
	for _, emoji := range emojis {
		b := button(actionEmoji, emoji)
		setAttribute(b, "role", "menuitemcheckbox")
		setAttribute(b, "aria-checked", strconv.FormatBool(set.mine(emoji)))
		b.Get("dataset").Set("emoji", emoji)
		line = append(line, b)
	}
	if more {
		b := iconButton(actionReact, o.log.text)
		setAttribute(b, "role", "menuitem")
		line = append(line, b)
	}
	for _, b := range line {
		b.Set("tabIndex", -1)
		group.Call("append", b)
	}
	o.lines = append(o.lines, line)
	o.menu.Call("append", group)
}

func (o *over) addItem(does action) {
	item := button(does, "")
	item.Set("className", "hallway-item")
	setAttribute(item, "role", "menuitem")
	item.Set("tabIndex", -1)
	name := element("span", "hallway-item-name")
	name.Set("textContent", o.log.text.say(actionWords[does]))
	item.Call("append", icon(does), name)
	if key := shortcuts[does]; key != "" {
		setAttribute(item, "aria-keyshortcuts", key)
		hint := keyCap(key)
		setAttribute(hint, "aria-hidden", "true")
		item.Call("append", hint)
	}
	o.lines = append(o.lines, []app.Value{item})
	o.menu.Call("append", item)
}

func separator() app.Value {
	line := element("div", "hallway-menu-line")
	setAttribute(line, "role", "separator")
	return line
}

func keyCap(key string) app.Value {
	k := element("kbd", "hallway-key")
	k.Set("textContent", key)
	return k
}

// open shows the menu beside its message, wherever in the chat there is room, and
// puts the keyboard into it. Where it stands is told through the CSS object model: a
// style attribute would be against a strict policy.
func (o *over) open() {
	own := o.log.list.nodes[o.id].is.own
	setFlag(o.menu.Get("dataset"), "own", true, own)
	o.menu.Set("hidden", false)
	chat := o.root.Get("parentElement")
	width, height := extentOf(chat)
	menuWidth, menuHeight := extentOf(o.menu)
	bubble := boxIn(o.log.list.nodes[o.id].bubble, chat)
	top := menuTop(bubble.top, bubble.bottom, menuHeight, height)
	side := bubble.left
	if own != (o.log.text.dir == "rtl") {
		side = width - bubble.right
	}
	side = max(menuGap, min(side, width-menuWidth-menuGap))
	style := o.menu.Get("style")
	style.Call("setProperty", "--hallway-menu-top", strconv.Itoa(int(top))+"px")
	style.Call("setProperty", "--hallway-menu-side", strconv.Itoa(int(side))+"px")
	o.menu.Set("scrollTop", 0)
	o.log.tools.hide()
	o.focus()
}

// menuTop is where a menu begins, of a height, for a message from top to bottom in a
// chat of a height: below it, else above it, else as low as it can.
func menuTop(top, bottom, height, chat float64) float64 {
	switch {
	case bottom+menuGap+height <= chat:
		return bottom + menuGap
	case top-menuGap-height >= 0:
		return top - menuGap - height
	}
	return max(0, chat-height-menuGap)
}

func (o *over) focus() { o.lines[o.at.line][o.at.at].Call("focus") }

func (o *over) closeMenu() {
	if o.isOpen() {
		o.menu.Set("hidden", true)
		o.id = ""
	}
}

// onKeyDown hears the keys pressed in the menu. Tab leaves it, as it leaves every
// menu.
func (o *over) onKeyDown(ctx app.Context, e app.Event) {
	ctx.PreventUpdate()
	key := e.Get("key").String()
	if !o.isOpen() {
		return
	}
	if o.log.forComposer(e) {
		o.closeMenu() // the chat passes it on
		return
	}
	if modified(e) && key != "Tab" {
		return
	}
	if key == "Escape" || key == "Tab" {
		e.PreventDefault()
		o.back()
		return
	}
	o.noticeFocus()
	widths := make([]int, len(o.lines))
	for i, line := range o.lines {
		widths[i] = len(line)
	}
	if to, ok := linesTarget(key, o.at, widths, o.log.text.dir == "rtl"); ok {
		e.PreventDefault()
		o.log.setPointer("")
		o.at = to
		o.focus()
	}
}

// noticeFocus finds out where in the menu the keyboard is: a click moves it, too.
func (o *over) noticeFocus() {
	active := app.Window().Get("document").Get("activeElement")
	for i, line := range o.lines {
		for j, item := range line {
			if item.Equal(active) {
				o.at = place{i, j}
			}
		}
	}
}

// onFocusOut closes the menu when the focus leaves it.
func (o *over) onFocusOut(ctx app.Context, e app.Event) {
	ctx.PreventUpdate()
	if !o.isOpen() || staysIn(e, o.menu) {
		return
	}
	active := app.Window().Get("document").Get("activeElement")
	if !active.Truthy() || !o.menu.Call("contains", active).Bool() {
		o.closeMenu()
	}
}
