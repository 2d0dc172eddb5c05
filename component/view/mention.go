package view

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"hallway/component/client"
	"hallway/component/view/dom"
	"hallway/component/view/markup"
	"hallway/component/view/text"
	"hallway/protocol"
)

const (
	// peopleDelay is how long a name in the field must stay the same before the relay is asked for it.
	peopleDelay = 150 * time.Millisecond
	// peopleShown is how many people the list shows.
	peopleShown = 8
)

// mentions are the mentions in the composer's text, and the list from which people choose them.
type mentions struct {
	list []protocol.Mention
	of   string // the text that they are parts of

	open   bool
	at     int    // where the name begins, with its @, in bytes
	words  string // the name so far
	people []person
	chosen int
	left   int // one behind the place of the name whose list was closed by Escape; 0: none
	delay  *time.Timer
	// confirming says that the user is to confirm a message to everybody, as soon as it is known how many that are.
	confirming, confirmed bool
}

// person is a line of the list: a user, or everybody.
type person struct {
	user protocol.User
	all  bool
}

// moved returns the mentions of a text that has become another one. A mention that was changed is gone.
func moved(list []protocol.Mention, was, is string) (kept []protocol.Mention) {
	if was == is || len(list) == 0 {
		return list
	}
	same := 0
	for same < min(len(was), len(is)) && was[same] == is[same] {
		same++
	}
	rest := 0
	for rest < min(len(was), len(is))-same && was[len(was)-1-rest] == is[len(is)-1-rest] {
		rest++
	}
	for _, m := range list {
		switch {
		case m.At+m.Len <= int64(same):
		case m.At >= int64(len(was)-rest):
			m.At += int64(len(is) - len(was))
		default:
			continue
		}
		kept = append(kept, m)
	}
	if !protocol.MentionsFit(kept, is) {
		return nil
	}
	return kept
}

// nameAt returns the name that is being written before a place in a text: what follows the last @ of the line, which begins
// a word.
func nameAt(written string, place int, list []protocol.Mention) (at int, words string, ok bool) {
	at = strings.LastIndexByte(written[:place], '@')
	if at < 0 {
		return 0, "", false
	}
	words = written[at+1 : place]
	before := []rune(written[:at])
	inside := func(m protocol.Mention) bool { return m.At <= int64(at) && int64(at) < m.At+m.Len }
	switch {
	case len(words) > protocol.NameQueryBytesMax, strings.Contains(words, "\n"), strings.HasPrefix(words, " "), strings.Count(words, " ") > 2,
		len(before) > 0 && markup.IsLetterOrDigit(before[len(before)-1]), slices.ContainsFunc(list, inside):
		return 0, "", false
	}
	return at, words, true
}

// recent returns the users who have written last, without the user, the latest first.
func recent(s *client.Snapshot) (users []protocol.User) {
	for _, m := range slices.Backward(s.Messages) {
		known := func(u protocol.User) bool { return u.ID == m.Sender.ID }
		if m.Sender.ID != s.Me.ID && !slices.ContainsFunc(users, known) {
			if users = append(users, m.Sender); len(users) == peopleShown {
				break
			}
		}
	}
	return users
}

// followText brings the mentions in line with the text in the field.
func (c *composer) followText() {
	written := c.value()
	c.mentions.list, c.mentions.of = moved(c.mentions.list, c.mentions.of, written), written
}

// writeWith puts a text with mentions into the field.
func (c *composer) writeWith(written string, list []protocol.Mention) {
	c.write(written)
	if protocol.MentionsFit(list, written) {
		c.mentions.list = slices.Clone(list)
	}
}

// look opens the list while a name is being written, and closes it otherwise.
func (c *composer) look(ctx app.Context) {
	m := &c.mentions
	from, to := c.input.Get("selectionStart").Int(), c.input.Get("selectionEnd").Int()
	at, words, ok := nameAt(m.of, bytesBetween(m.of, 0, to), m.list)
	if !ok || at+1 != m.left {
		m.left = 0
	}
	if !ok || m.left > 0 || from != to || !c.snap.KnowsMentions || len(m.list) >= protocol.MentionsMax {
		c.closePeople(ctx)
		return
	}
	if m.open && m.at == at && m.words == words {
		return
	}
	m.open, m.at, m.words = true, at, words
	if m.delay != nil {
		m.delay.Stop()
	}
	if strings.TrimSpace(words) != "" {
		m.delay = time.AfterFunc(peopleDelay, func() {
			c.run(func(app.Context) {
				if m.open && m.words == words {
					c.props.Do(client.AskPeople{Words: words})
				}
			})
		})
	}
	c.findPeople()
	ctx.Update()
}

func (c *composer) closePeople(ctx app.Context) {
	if m := &c.mentions; m.open {
		m.open, m.people, m.chosen = false, nil, 0
		ctx.Update()
	}
}

// findPeople makes the lines of the list: of the answer to what is written, or, before there is one, of the last.
func (c *composer) findPeople() {
	m := &c.mentions
	var users []protocol.User
	switch answer := c.snap.People; {
	case strings.TrimSpace(m.words) == "":
		users = recent(&c.snap)
	case answer != nil && answer.Here && answer.Of == client.AskPeople{Words: m.words}:
		users = answer.Users
	default:
		return
	}
	var people []person
	if everyone := strings.ToLower(c.text.Say(text.Everyone)); client.Leads(c.snap.Me.Role) && strings.HasPrefix(everyone, strings.ToLower(m.words)) {
		people = append(people, person{all: true})
	}
	for _, u := range users {
		if u.ID != c.snap.Me.ID {
			people = append(people, person{user: u})
		}
	}
	m.people, m.chosen = people, 0
}

// followPeople takes over an answer of the relay, and reports whether the list reads differently.
func (c *composer) followPeople(was *client.Snapshot) bool {
	m := &c.mentions
	if was.People == c.snap.People {
		return false
	}
	if answer := c.snap.People; m.confirming && answer != nil && answer.Here && answer.Of == (client.AskPeople{}) {
		m.confirming = false
		c.askEveryone(int(max(answer.Total, c.snap.Members)), func() {
			m.confirmed = true
			c.submit(c.ctx)
		})
	}
	if !m.open {
		return false
	}
	c.findPeople()
	return true
}

// nameOf returns how a line of the list is called.
func (c *composer) nameOf(p *person) string {
	if p.all {
		return c.text.Say(text.Everyone)
	}
	return c.text.NameOf(p.user)
}

// peopleUI draws the list. The field keeps the focus, and says which line is chosen.
func (c *composer) peopleUI() app.UI {
	m := &c.mentions
	shown := m.open && len(m.people) > 0
	says := ""
	if shown {
		says = c.text.Count(text.PeopleFound, len(m.people))
	}
	return app.Div().Class("hallway-people-box").Body(
		app.Div().ID("hallway-people").Class("hallway-people-list").Attr("part", "people").Attr("role", "listbox").
			Aria("label", c.text.Say(text.MentionWhom)).Hidden(!shown).Body(
			app.Range(m.people).Slice(func(i int) app.UI { return c.personUI(i) }),
		),
		app.Span().Class("hallway-hidden").Aria("live", "polite").Text(says),
	)
}

func (c *composer) personUI(i int) app.UI {
	p := &c.mentions.people[i]
	name := c.nameOf(p)
	return app.Div().ID("hallway-person-"+strconv.Itoa(i)).Class("hallway-person").Attr("role", "option").
		Aria("selected", i == c.mentions.chosen).DataSet("place", i).
		On("pointerdown", c.keepInput).OnClick(c.onPerson).Body(
		app.Span().Class("hallway-avatar").Aria("hidden", true).DataSet("colour", text.AvatarColour(p.user.ID)).Body(
			app.Text(cmp.Or(text.Initials(name), "@")),
			app.If(p.user.Picture != "", func() app.UI {
				return app.Img().Class("hallway-picture").Alt("").Attr("referrerpolicy", "no-referrer").Src(p.user.Picture)
			}),
		),
		app.Bdi().Class("hallway-person-name").Text(name),
		app.Bdi().Class("hallway-person-title").Text(p.user.Title),
	)
}

// keepInput leaves the focus in the field while a line is chosen by pointer.
func (c *composer) keepInput(ctx app.Context, e app.Event) {
	ctx.PreventUpdate()
	e.PreventDefault()
}

func (c *composer) onPerson(ctx app.Context, e app.Event) {
	if line := e.Get("target").Call("closest", "[data-place]"); line.Truthy() {
		if at, err := strconv.Atoi(line.Get("dataset").Get("place").String()); err == nil {
			c.choose(ctx, at)
		}
	}
}

// onCaret hears that the caret may have moved.
func (c *composer) onCaret(ctx app.Context, _ app.Event) {
	ctx.PreventUpdate()
	c.look(ctx)
}

func (c *composer) onBlur(ctx app.Context, _ app.Event) {
	ctx.PreventUpdate()
	c.closePeople(ctx)
}

// peopleKey carries out a key of the open list, and reports whether it was one.
func (c *composer) peopleKey(ctx app.Context, e app.Event, key string) bool {
	m := &c.mentions
	n := len(m.people)
	if !m.open || n == 0 || dom.HasModifierOrShift(e) {
		return false
	}
	switch key {
	case "ArrowDown":
		m.chosen = (m.chosen + 1) % n
	case "ArrowUp":
		m.chosen = (m.chosen + n - 1) % n
	case "Enter", "Tab":
		c.choose(ctx, m.chosen)
	case "Escape":
		m.left = m.at + 1
		c.closePeople(ctx)
	default:
		return false
	}
	e.PreventDefault()
	ctx.Update()
	return true
}

// choose puts a line of the list into the text, in the place of the name so far.
func (c *composer) choose(ctx app.Context, at int) {
	m := &c.mentions
	if !m.open || at < 0 || at >= len(m.people) {
		return
	}
	p := m.people[at]
	name := "@" + strings.Map(plainSpace, c.nameOf(&p))
	from, to := m.at, m.at+1+len(m.words)
	c.closePeople(ctx)
	if to > len(m.of) {
		return
	}
	c.input.Call("setSelectionRange", unitsOf(m.of[:from]), unitsOf(m.of[:to]))
	want := m.of[:from] + name + " " + m.of[to:]
	c.insert(ctx, name+" ")
	c.followText()
	if m.of != want || len(m.list) >= protocol.MentionsMax {
		return
	}
	one := protocol.Mention{At: int64(from), Len: int64(len(name)), User: p.user.ID, All: p.all}
	i, _ := slices.BinarySearchFunc(m.list, one.At, func(m protocol.Mention, at int64) int { return cmp.Compare(m.At, at) })
	m.list = slices.Insert(slices.Clone(m.list), i, one)
	c.keepDraft()
}

// plainSpace makes any white space of a name a space, as the field has it.
func plainSpace(r rune) rune {
	if r == '\n' || r == '\t' {
		return ' '
	}
	return r
}

// unitsOf returns the length of a text as a browser counts it, in UTF-16.
func unitsOf(s string) (n int) {
	for _, r := range s {
		n += utf16.RuneLen(r)
	}
	return n
}

// mustConfirm reports whether the user is still to confirm that a text mentions everybody, and begins to ask.
func (c *composer) mustConfirm(list []protocol.Mention) bool {
	m := &c.mentions
	if !protocol.MentionsAll(list) || m.confirmed {
		m.confirmed = false
		return false
	}
	m.confirming = true
	c.props.Do(client.AskPeople{})
	return true
}

// mentionsText returns mentions as a draft keeps them: a line for each.
func mentionsText(list []protocol.Mention) string {
	var lines []string
	for _, m := range list {
		lines = append(lines, strconv.FormatInt(m.At, 10)+" "+strconv.FormatInt(m.Len, 10)+" "+m.User)
	}
	return strings.Join(lines, "\n")
}

// mentionsFrom reads what mentionsText has written. Others can write to the storage, too.
func mentionsFrom(kept string) (list []protocol.Mention) {
	for line := range strings.Lines(kept) {
		parts := strings.SplitN(strings.TrimSuffix(line, "\n"), " ", 3)
		if len(parts) != 3 {
			return nil
		}
		at, err := strconv.ParseInt(parts[0], 10, 32)
		length, err2 := strconv.ParseInt(parts[1], 10, 32)
		if err != nil || err2 != nil {
			return nil
		}
		list = append(list, protocol.Mention{At: at, Len: length, User: parts[2], All: parts[2] == ""})
	}
	return list
}
