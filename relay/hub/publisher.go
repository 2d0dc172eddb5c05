package hub

// A publisher collects the news of the ending batch for the other relays.
type publisher struct {
	bus    Bus
	news   []News
	newsOf map[string]int // the place of a room's last news
}

// dropped notes that a room was deleted.
func (p *publisher) dropped(room string) {
	delete(p.newsOf, room)
	p.news = append(p.news, News{Room: room})
}

// collect adds a change of a room.
func (p *publisher) collect(room, epoch string, c *change) {
	if i, ok := p.newsOf[room]; ok {
		if n := &p.news[i]; n.Epoch == epoch && n.Last+1 == c.rev {
			n.Last = c.rev
			n.Frames = append(n.Frames, c.frame)
			return
		}
	}
	p.newsOf[room] = len(p.news)
	p.news = append(p.news, News{Room: room, Epoch: epoch, First: c.rev, Last: c.rev, Frames: [][]byte{c.frame}})
}

// publish sends the collected news to the other relays.
func (p *publisher) publish() {
	for _, n := range p.news {
		p.bus.Publish(n)
	}
	clear(p.newsOf)
	p.news = nil
}
