package composer

import (
	"strconv"
	"strings"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"hallway/component/client"
	"hallway/component/view/dom"
	"hallway/component/view/text"
	"hallway/protocol"
)

const (
	// peopleDelay is the wait after the last change of a name before the relay is asked.
	peopleDelay = 150 * time.Millisecond
	// peopleShown is the highest number of people in the list.
	peopleShown = 8
	// absentMax bounds the remembered users who cannot be mentioned.
	absentMax = 1000
)

// picker is the list of people to mention. It opens after an @.
type picker struct {
	*shared
	field *field
	// put replaces a part of the text by the name of a person.
	put func(from, to int, p person)

	open   bool
	at     int    // the position of the name's @ in the text, in bytes
	words  string // the name so far
	people []person
	chosen int
	left   int // 1 + the position of the name for which the user has closed the list with Escape; 0: none
	delay  *time.Timer
	absent map[string]bool // the ids of users who are known to be banned or gone
}

// look opens the list if the cursor is in an unfinished name, and closes it otherwise.
func (p *picker) look() {
	f := p.field
	from, to := f.selection()
	at, words, ok := nameAt(f.of, bytesBetween(f.of, 0, to), f.mentions)
	if !ok || at+1 != p.left {
		p.left = 0
	}
	if !ok || p.left > 0 || from != to || !p.Snap.KnowsMentions || len(f.mentions) >= protocol.MentionsMax {
		p.close()
		return
	}
	if p.open && p.at == at && p.words == words {
		return
	}
	p.open, p.at, p.words = true, at, words
	p.stop()
	if strings.TrimSpace(words) != "" {
		p.delay = time.AfterFunc(peopleDelay, func() {
			p.Run(func(app.Context) {
				if p.open && p.words == words {
					p.Do(client.AskPeople{Words: words})
				}
			})
		})
	}
	p.find()
	p.update()
}

// close closes the list.
func (p *picker) close() {
	if p.open {
		p.open, p.people, p.chosen = false, nil, 0
		p.update()
	}
}

// find makes the lines of the list. They are the relay's answer to the words or, until it comes, the matching known
// users. "Everybody" is last, because it is used less often.
func (p *picker) find() {
	answer := p.Snap.People
	blank := strings.TrimSpace(p.words) == ""
	finds := func(name string) bool { return begins(name, p.words, p.text.Same) }
	users := recent(p.Snap, p.absent)
	switch {
	case blank:
	case answer != nil && answer.Here && !answer.Failed && answer.Of == client.AskPeople{Words: p.words}:
		users = answer.Users
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
		if u.ID != p.Snap.Me.ID && len(people) < peopleShown {
			people = append(people, person{user: u})
		}
	}
	if client.Moderates(p.Snap.Me.Role) && (blank || finds(p.text.Say(text.Everyone))) {
		people = append(people[:min(len(people), peopleShown-1)], person{all: true})
	}
	chosen := 0
	for i := range people {
		if p.chosen > 0 && people[i].user.ID == p.people[p.chosen].user.ID { // the user has chosen a line
			chosen = i
		}
	}
	p.people, p.chosen = people, chosen
}

// stop cancels the waiting question to the relay.
func (p *picker) stop() {
	if p.delay != nil {
		p.delay.Stop()
	}
}

// setAbsent sets whether a user cannot be mentioned.
func (p *picker) setAbsent(user string, absent bool) {
	if p.absent == nil || len(p.absent) > absentMax {
		p.absent = make(map[string]bool)
	}
	p.absent[user] = absent
}

// follow takes an answer of the relay, and reports whether the list must be drawn again.
func (p *picker) follow(was *client.Snapshot) bool {
	if was.People == p.Snap.People {
		return false
	}
	p.learn()
	if p.open {
		p.find()
	}
	return p.open
}

// learn marks last writers as absent if a complete answer does not contain them: they are banned or have left. The answer may
// be to earlier words.
func (p *picker) learn() {
	answer := p.Snap.People
	if answer == nil || !answer.Here || answer.Failed || answer.More || answer.Of != (client.AskPeople{Words: answer.Of.Words}) {
		return
	}
	for _, u := range recent(p.Snap, nil) {
		if begins(u.Name, answer.Of.Words, p.text.Same) {
			p.setAbsent(u.ID, !has(answer.Users, u.ID))
		}
	}
}

// nameOf returns the name in a line of the list.
func (s *shared) nameOf(p *person) string {
	if p.all {
		return s.text.Say(text.Everyone)
	}
	return s.text.NameOf(p.user)
}

// active returns the id of the chosen line's element, or "".
func (p *picker) active() string {
	if !p.open || len(p.people) == 0 {
		return ""
	}
	return idOf(p.chosen)
}

func idOf(line int) string { return "hallway-person-" + strconv.Itoa(line) }

// ui draws the list. The field keeps the focus, and names the chosen line.
func (p *picker) ui() app.UI {
	shown := p.open && len(p.people) > 0
	says := ""
	if shown {
		says = p.text.Count(text.PeopleFound, len(p.people))
	}
	return dom.UI("div", "hallway-people-box").Body(
		dom.UI("div", "hallway-people-list").ID("hallway-people").Attr("part", "people").Attr("role", "listbox").
			Aria("label", p.text.Say(text.MentionWhom)).Hidden(!shown).Body(
			app.Range(p.people).Slice(func(i int) app.UI { return p.personUI(i) }),
		),
		dom.LiveUI(says),
	)
}

// personUI draws a line of the list.
func (p *picker) personUI(i int) app.UI {
	line := &p.people[i]
	name := p.nameOf(line)
	initials := text.Initials(name)
	if line.all {
		initials = "@"
	}
	return dom.UI("div", "hallway-person").ID(idOf(i)).Attr("role", "option").
		Aria("selected", i == p.chosen).DataSet("place", i).
		On("pointerdown", p.keepInput).OnClick(p.onPerson).Body(
		dom.UI("span", "hallway-avatar").Aria("hidden", true).DataSet("colour", text.AvatarColour(line.user.ID)).Body(
			app.Text(initials),
			app.If(line.user.Picture != "", func() app.UI {
				return dom.UI("img", "hallway-picture").Attr("alt", "").Attr("referrerpolicy", "no-referrer").Attr("src", line.user.Picture)
			}),
		),
		dom.UI("bdi", "hallway-person-name").Text(name),
		dom.UI("bdi", "hallway-person-title").Text(line.user.Title),
	)
}

// keepInput keeps the focus in the field while a pointer chooses a line.
func (p *picker) keepInput(ctx app.Context, e app.Event) {
	ctx.PreventUpdate()
	e.PreventDefault()
}

// onPerson chooses the clicked line.
func (p *picker) onPerson(_ app.Context, e app.Event) {
	if line := dom.Closest(e.Get("target"), "[data-place]"); line.Truthy() {
		if at, err := strconv.Atoi(dom.Data(line, "place")); err == nil {
			p.choose(at)
		}
	}
}

// onCaret opens or closes the list after a possible move of the caret.
func (p *picker) onCaret(ctx app.Context, _ app.Event) {
	ctx.PreventUpdate()
	p.look()
}

func (p *picker) onBlur(ctx app.Context, _ app.Event) {
	ctx.PreventUpdate()
	p.close()
}

// key handles a key while the list is open, and reports whether the list has used it.
func (p *picker) key(e app.Event, key string) bool {
	n := len(p.people)
	if !p.open || n == 0 || dom.HasModifierOrShift(e) {
		return false
	}
	switch key {
	case "ArrowDown":
		p.chosen = (p.chosen + 1) % n
		p.ctx.Defer(p.showChosen)
	case "ArrowUp":
		p.chosen = (p.chosen + n - 1) % n
		p.ctx.Defer(p.showChosen)
	case "Enter", "Tab":
		p.choose(p.chosen)
	case "Escape":
		p.left = p.at + 1
		p.close()
	default:
		return false
	}
	e.PreventDefault()
	p.update()
	return true
}

// showChosen scrolls the list to its chosen line.
func (p *picker) showChosen(app.Context) {
	if p.root == nil {
		return
	}
	if line := dom.Find(p.root, ".hallway-person[aria-selected=true]"); line.Truthy() {
		list := line.Get("parentElement")
		top, bottom := line.Get("offsetTop").Int(), line.Get("offsetTop").Int()+line.Get("offsetHeight").Int()
		list.Set("scrollTop", min(top, max(list.Get("scrollTop").Int(), bottom-list.Get("clientHeight").Int())))
	}
}

// choose replaces the unfinished name in the text by a line of the list.
func (p *picker) choose(at int) {
	if !p.open || at < 0 || at >= len(p.people) {
		return
	}
	line := p.people[at]
	p.close()
	p.put(p.at, p.at+1+len(p.words), line)
}
