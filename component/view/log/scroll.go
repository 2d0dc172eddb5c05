package log

import (
	"hallway/component/client"
	"hallway/component/view/dom"
)

// onResize keeps the view in its place after the size of the log or of its list has changed: at its
// end (a message came, a keyboard opens, the composer grows), or at the same place (the status line
// above it comes or goes).
func (s *scene) onResize() {
	if s.scroller == nil {
		return
	}
	if s.view.isHidden() {
		s.ComeBack()
		return
	}
	moved := s.view.noticeTop()
	switch {
	case s.follow:
		s.view.scrollToEnd()
	case moved != 0:
		s.view.scrollBy(moved)
	}
	s.lookSoon()
}

// ComeBack scrolls to the remembered place after the chat was moved in its document or had no
// size.
func (s *scene) ComeBack() {
	if s.scroller != nil && s.view.comeBack(s.follow) {
		s.lookSoon()
	}
}

// noticeScroll finds out whether the user has left the end, or come back to it.
func (s *scene) noticeScroll() {
	if !s.view.scrolled() {
		return
	}
	s.follow = s.atEnd()
	if !s.follow {
		s.opening = false
	}
	s.host.Scrolled()
}

// atEnd reports whether the newest message is in sight.
func (s *scene) atEnd() bool {
	return !s.snap.MoreAfter && s.win.hi == rowCount(&s.snap) && s.view.rest() <= endSlack
}

// roam moves the window when the user comes near its edge, by less than a screenful, and,
// with load, requests more messages at the edge of the loaded ones.
func (s *scene) roam(load bool) {
	n := rowCount(&s.snap)
	near := s.view.height()
	load = load && !s.snap.Loading
	switch {
	case s.view.top < near && s.win.lo > 0:
		s.draw(s.win.earlier(n), true)
	case s.view.top < near && load && s.snap.MoreBefore:
		s.host.Do(client.LoadOlder{})
	case s.win.hi < n && s.view.rest() < near:
		s.draw(s.win.later(n), true)
	case s.win.hi == n && s.view.rest() < near && load && s.snap.MoreAfter:
		s.host.Do(client.LoadNewer{})
	}
}

// scrolled hears that the scroller has moved.
func (s *scene) scrolled() {
	s.noticeScroll()
	if !s.follow {
		s.roam(true)
		s.view.noticeStay()
	}
	s.showJump()
	s.lookSoon()
}

// walk goes with a key from the current row to another, brings that into view, and reports whether the
// key does that.
func (s *scene) walk(key string) bool {
	at, ok := Find(&s.snap, s.cursor.current)
	if !ok {
		return false
	}
	n := rowCount(&s.snap)
	next, ok := dom.ListTarget(key, at, n, s.view.rowsSeen())
	if !ok {
		return false
	}
	s.device.use("")
	if next == n-1 && !s.snap.MoreAfter {
		s.ToEnd()
	} else {
		s.follow = false
		if next < s.win.lo || next >= s.win.hi {
			s.draw(windowAround(next, n), true)
		}
	}
	id := s.list.shown[next-s.win.lo].id
	s.cursor.focusRow(id)
	s.view.reveal(s.list.nodes[id].item)
	if !s.follow {
		s.follow = s.atEnd()
		s.roam(true)
		s.showJump()
	}
	return true
}
