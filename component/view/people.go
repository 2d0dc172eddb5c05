package view

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

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
	// absentMax bounds the remembered users who cannot be mentioned.
	absentMax = 1000
)

// person is a line of the list: a user, or everybody.
type person struct {
	user protocol.User
	all  bool
}

// has reports whether a user is among others.
func has(users []protocol.User, id string) bool {
	for i := range users {
		if users[i].ID == id {
			return true
		}
	}
	return false
}

// recent returns the users who have written last, without the user and absent ones, the latest first.
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

// begins reports whether words of a name begin with each word that is written. It knows less of names than the relay.
func begins(name, words string, same func(a, b string) bool) bool {
	found := 0
	for _, p := range markup.Highlight(name, words, same) {
		if p.Kind == markup.PieceMark {
			found++
		}
	}
	return found > 0 && found >= len(strings.Fields(words))
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

// findPeople makes the lines of the list: those of the answer to what is written, or, before it comes and without one,
// those of users who are known here. Everybody stands last: a person is mentioned more often.
func (c *composer) findPeople() {
	m, answer := &c.mentions, c.snap.People
	blank := strings.TrimSpace(m.words) == ""
	finds := func(name string) bool { return begins(name, m.words, c.text.Same) }
	users := recent(&c.snap, m.absent)
	switch {
	case blank:
	case answer != nil && answer.Here && !answer.Failed && answer.Of == client.AskPeople{Words: m.words}:
		users = answer.Users
		for _, u := range recent(&c.snap, nil) {
			if !answer.More && finds(u.Name) { // else it is banned, or has left
				m.setAbsent(u.ID, !has(users, u.ID))
			}
		}
	default:
		var known []protocol.User
		if answer != nil {
			users = append(users, answer.Users...)
		}
		for _, u := range users {
			if finds(u.Name) && !has(known, u.ID) {
				known = append(known, u)
			}
		}
		users = known
	}
	var people []person
	for _, u := range users {
		if u.ID != c.snap.Me.ID && len(people) < peopleShown {
			people = append(people, person{user: u})
		}
	}
	if client.Moderates(c.snap.Me.Role) && (blank || finds(c.text.Say(text.Everyone))) {
		people = append(people[:min(len(people), peopleShown-1)], person{all: true})
	}
	chosen := 0
	for i := range people {
		if m.chosen > 0 && people[i].user.ID == m.people[m.chosen].user.ID { // by hand
			chosen = i
		}
	}
	m.people, m.chosen = people, chosen
}

// setAbsent notes whether a user can be mentioned.
func (m *mentions) setAbsent(user string, absent bool) {
	if m.absent == nil || len(m.absent) > absentMax {
		m.absent = make(map[string]bool)
	}
	m.absent[user] = absent
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
	initials := text.Initials(name)
	if p.all {
		initials = "@"
	}
	return app.Div().ID("hallway-person-"+strconv.Itoa(i)).Class("hallway-person").Attr("role", "option").
		Aria("selected", i == c.mentions.chosen).DataSet("place", i).
		On("pointerdown", c.keepInput).OnClick(c.onPerson).Body(
		app.Span().Class("hallway-avatar").Aria("hidden", true).DataSet("colour", text.AvatarColour(p.user.ID)).Body(
			app.Text(initials),
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
		ctx.Defer(c.showChosen)
	case "ArrowUp":
		m.chosen = (m.chosen + n - 1) % n
		ctx.Defer(c.showChosen)
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

// showChosen scrolls the list to its chosen line.
func (c *composer) showChosen(app.Context) {
	if c.root == nil {
		return
	}
	if line := c.root.Call("querySelector", ".hallway-person[aria-selected=true]"); line.Truthy() {
		list := line.Get("parentElement")
		top, bottom := line.Get("offsetTop").Int(), line.Get("offsetTop").Int()+line.Get("offsetHeight").Int()
		list.Set("scrollTop", min(top, max(list.Get("scrollTop").Int(), bottom-list.Get("clientHeight").Int())))
	}
}

// choose puts a line of the list into the text, in the place of the name so far.
func (c *composer) choose(ctx app.Context, at int) {
	m := &c.mentions
	if !m.open || at < 0 || at >= len(m.people) {
		return
	}
	p := m.people[at]
	c.closePeople(ctx)
	c.put(ctx, m.at, m.at+1+len(m.words), p)
}

// mention writes the name of a user where the cursor is.
func (c *composer) mention(u protocol.User) {
	if c.input == nil || !c.snap.ComposerOpen {
		return
	}
	c.followText()
	m := &c.mentions
	from, to := c.input.Get("selectionStart").Int(), c.input.Get("selectionEnd").Int()
	from, to = bytesBetween(m.of, 0, from), bytesBetween(m.of, 0, to)
	if before, size := utf8.DecodeLastRuneInString(m.of[:from]); size > 0 && !unicode.IsSpace(before) {
		c.insert(c.ctx, " ")
		c.followText()
		from++
		to = from
	}
	c.put(c.ctx, from, to, person{user: u})
}

// put writes the name of a person in the place of a part of the text.
func (c *composer) put(ctx app.Context, from, to int, p person) {
	m := &c.mentions
	name := "@" + strings.Map(plainSpace, c.nameOf(&p))
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
