package view

import (
	"slices"
	"strconv"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"hallway/component/view/action"
	"hallway/component/view/dom"
	"hallway/component/view/text"
)

// menuGap is how far a menu keeps from its message and from the chat's edges, in CSS
// pixels.
const menuGap = 4

// openMenu opens the menu of a message: a line of emoji, where it may have reactions,
// then what else can be done.
func (o *over) openMenu(id string, all []action.Action) {
	if !o.begin(id, text.Menu) {
		return
	}
	if slices.Contains(all, action.React) {
		o.addEmojis(text.React, quickEmojis, true)
		o.menu.Call("append", separator())
	}
	for _, does := range all {
		if does == action.Report {
			o.menu.Call("append", separator())
		}
		if does != action.React {
			o.addItem(does)
		}
	}
	o.menu.Call("append", separator())
	o.addItem(action.Shortcuts)
	o.open()
}

// openEmojis opens the choice of emoji to react with.
func (o *over) openEmojis(id string) {
	if !o.begin(id, text.React) {
		return
	}
	for _, group := range emojiGroups {
		title := dom.New("div", "hallway-menu-title")
		dom.SetAttribute(title, "aria-hidden", "true") // the group is called so
		title.Set("textContent", o.log.text.Say(group.name))
		o.menu.Call("append", title)
		for line := range slices.Chunk(group.all, emojiColumns) {
			o.addEmojis(group.name, line, false)
		}
	}
	o.open()
}

// begin empties the menu for a message.
func (o *over) begin(id string, name text.Word) bool {
	if o.root == nil || o.log.list.nodes[id] == nil {
		return false
	}
	o.log.noticeScroll() // what was scrolled until now does not close it
	o.id, o.lines, o.at, o.deleted = id, nil, dom.Cell{}, o.log.list.nodes[id].is.deleted
	o.menu.Call("replaceChildren")
	dom.SetAttribute(o.menu, "role", "menu")
	dom.SetAttribute(o.menu, "aria-label", o.log.text.Say(name))
	return true
}

// addEmojis adds a line of emoji and, if more, the way to all others.
func (o *over) addEmojis(name text.Word, emojis []string, more bool) {
	group := dom.New("div", "hallway-emojis")
	dom.SetAttribute(group, "role", "group")
	dom.SetAttribute(group, "aria-label", o.log.text.Say(name))
	set := o.log.list.nodes[o.id].is.reactions
	var line []app.Value
	for _, emoji := range emojis {
		b := action.Button(action.Emoji, emoji)
		dom.SetAttribute(b, "role", "menuitemcheckbox")
		dom.SetAttribute(b, "aria-checked", strconv.FormatBool(set.mine(emoji)))
		b.Get("dataset").Set("emoji", emoji)
		line = append(line, b)
	}
	if more {
		b := action.IconButton(action.React, o.log.text)
		dom.SetAttribute(b, "role", "menuitem")
		line = append(line, b)
	}
	for _, b := range line {
		b.Set("tabIndex", -1)
		group.Call("append", b)
	}
	o.lines = append(o.lines, line)
	o.menu.Call("append", group)
}

func (o *over) addItem(does action.Action) {
	item := action.Button(does, "")
	item.Set("className", "hallway-item")
	dom.SetAttribute(item, "role", "menuitem")
	item.Set("tabIndex", -1)
	name := dom.New("span", "hallway-item-name")
	name.Set("textContent", does.Name(o.log.text))
	item.Call("append", action.Icon(does), name)
	if key := does.Shortcut(); key != "" {
		dom.SetAttribute(item, "aria-keyshortcuts", key)
		hint := keyCap(key)
		dom.SetAttribute(hint, "aria-hidden", "true")
		item.Call("append", hint)
	}
	o.lines = append(o.lines, []app.Value{item})
	o.menu.Call("append", item)
}

func separator() app.Value {
	line := dom.New("div", "hallway-menu-line")
	dom.SetAttribute(line, "role", "separator")
	return line
}

func keyCap(key string) app.Value {
	k := dom.New("kbd", "hallway-key")
	k.Set("textContent", key)
	return k
}

// open shows the menu beside its message, wherever in the chat there is room, and
// puts the keyboard into it. Where it stands is told through the CSS object model: a
// style attribute would be against a strict policy.
func (o *over) open() {
	own := o.log.list.nodes[o.id].is.own
	dom.SetFlag(o.menu.Get("dataset"), "own", true, own)
	o.menu.Set("hidden", false)
	chat := o.root.Get("parentElement")
	width, height := dom.Extent(chat)
	menuWidth, menuHeight := dom.Extent(o.menu)
	bubble := dom.BoxIn(o.log.list.nodes[o.id].bubble, chat)
	top := menuTop(bubble.Top, bubble.Bottom, menuHeight, height)
	side := bubble.Left
	if own != (o.log.text.Dir == "rtl") {
		side = width - bubble.Right
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

func (o *over) focus() { o.lines[o.at.Line][o.at.At].Call("focus") }

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
	if dom.HasModifierOrShift(e) && key != "Tab" {
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
	if to, ok := dom.GridTarget(key, o.at, widths, o.log.text.Dir == "rtl"); ok {
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
				o.at = dom.Cell{Line: i, At: j}
			}
		}
	}
}

// onFocusOut closes the menu when the focus leaves it.
func (o *over) onFocusOut(ctx app.Context, e app.Event) {
	ctx.PreventUpdate()
	if !o.isOpen() || dom.StaysIn(e, o.menu) {
		return
	}
	active := app.Window().Get("document").Get("activeElement")
	if !active.Truthy() || !o.menu.Call("contains", active).Bool() {
		o.closeMenu()
	}
}
