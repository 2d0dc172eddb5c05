package protocol

// Page is a part of a room's history, a consistent snapshot.
type Page struct {
	Messages []Message
	Epoch    string // the room's epoch
	Head     int64  // the room's rev at the time of the read; 0: the room does not exist
	More     bool   // more messages of the requested kind follow
	// MoreBefore and MoreAfter tell the side of More on a page around a message; nil on every other page.
	MoreBefore, MoreAfter *bool
}

func (p *Page) fields(c *codec) {
	for c.walk() {
		c.list("messages", len(p.Messages), must, func(i int) {
			if i == len(p.Messages) {
				p.Messages = append(p.Messages, Message{})
			}
			p.Messages[i].fields(c)
		})
		p.position(c)
	}
}

// position is the part of the table that does not depend on the form of the messages.
func (p *Page) position(c *codec) {
	c.str("epoch", &p.Epoch, must)
	c.int("head", &p.Head, must)
	c.bool("more", &p.More, must)
	c.maybeBool("more_before", &p.MoreBefore)
	c.maybeBool("more_after", &p.MoreAfter)
}

// Append appends the page's JSON to dst.
func (p *Page) Append(dst []byte) []byte { c := codec{out: dst}; p.fields(&c); return c.out }

// AppendEncoded is Append with encoded messages in place of p.Messages.
func (p *Page) AppendEncoded(dst []byte, messages [][]byte) []byte {
	c := codec{out: dst}
	for c.walk() {
		c.array("messages", len(messages), must, func(i int) { c.out = append(c.out, messages[i]...) })
		p.position(&c)
	}
	return c.out
}

// DecodePage decodes a page of history.
func DecodePage(data []byte) (Page, error) {
	var p Page
	c := read(data)
	p.fields(&c)
	return p, c.broken("page")
}

// Problem is an RFC 9457 problem document, REST's form of [Error].
type Problem struct {
	Status    int
	Code      Code
	Title     string
	Detail    string
	Why       Why      // the cause; may be empty
	Until     Time     // 0: for ever, or unknown
	Supported []string // with 426: the subprotocols that the relay speaks
}

func (p *Problem) fields(c *codec) {
	for c.frame("about:blank") {
		status := int64(p.Status)
		c.str("title", &p.Title, must)
		c.int("status", &status, must)
		c.str("code", (*string)(&p.Code), must)
		c.str("detail", &p.Detail, opt)
		c.str("why", (*string)(&p.Why), opt)
		c.time("until", &p.Until, opt)
		c.stringList("supported", &p.Supported, opt)
		if c.phase == reading { // requests share a problem, so writing must not change it
			p.Status = int(status)
		}
	}
}

// Append appends the problem document's JSON to dst.
func (p *Problem) Append(dst []byte) []byte { c := codec{out: dst}; p.fields(&c); return c.out }

// DecodeProblem decodes a problem document. If it cannot be read, the HTTP status still tells the kind of error.
func DecodeProblem(data []byte) (Problem, error) {
	var p Problem
	c := read(data)
	p.fields(&c)
	return p, c.broken("problem document")
}

// people is a list of users, alone or as members.
type people struct {
	users []User
	more  bool
}

func (p *people) fields(c *codec) {
	user := func(i int) *User {
		if i == len(p.users) {
			p.users = append(p.users, User{})
		}
		return &p.users[i]
	}
	for c.walk() {
		c.list("members", 0, must, func(i int) {
			for u := user(i); c.walk(); {
				userField(c, "user", u, wholeProfile)
			}
		})
		c.list("users", 0, must, func(i int) { user(i).fields(c, wholeProfile) })
		c.bool("more", &p.more, opt)
	}
}

// DecodePeople decodes a list of members or of users, and returns the users.
func DecodePeople(data []byte) (users []User, more bool, err error) {
	var p people
	c := read(data)
	p.fields(&c)
	return p.users, p.more, c.broken("list of people")
}

// DecodeRoom decodes a room as an entry of a list.
func DecodeRoom(data []byte) (r Room, err error) {
	c := read(data)
	r.fields(&c)
	return r, c.broken("room")
}

// reports is a page of reports.
type reports struct {
	entries []ReportEntry
	more    bool
}

func (r *reports) fields(c *codec) {
	for c.walk() {
		c.list("reports", len(r.entries), must, func(i int) {
			if i == len(r.entries) {
				r.entries = append(r.entries, ReportEntry{})
			}
			r.entries[i].fields(c)
		})
		c.bool("more", &r.more, must)
	}
}

// AppendReports appends the JSON of a page of reports to dst; more reports that others follow.
func AppendReports(dst []byte, entries []ReportEntry, more bool) []byte {
	return appendList(dst, "reports", &more, len(entries), func(dst []byte, i int) []byte { return entries[i].Append(dst) })
}

// DecodeReports decodes a page of reports; more reports that others follow.
func DecodeReports(data []byte) (entries []ReportEntry, more bool, err error) {
	var r reports
	c := read(data)
	r.fields(&c)
	return r.entries, r.more, c.broken("reports")
}
