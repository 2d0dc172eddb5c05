package log

import (
	"hallway/component/client"
	"hallway/component/view/dom"
)

// onResize keeps the view's position after a change of the size of the log or of its list: at the end (a message
// came, a keyboard opens, the composer grows), or at the same row (the status line appears or disappears).
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

// ComeBack restores the scroll position after the chat was moved in its document or had no
// size.
func (s *scene) ComeBack() {
	if s.scroller != nil && s.view.comeBack(s.follow) {
		s.lookSoon()
	}
}

// noticeScroll checks whether the user has left the end or come back to it.
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

// atEnd reports whether the newest message is visible.
func (s *scene) atEnd() bool {
	return !s.snap.MoreAfter && s.win.hi == rowCount(&s.snap) && s.view.rest() <= endSlack
}

// roam moves the window when the user is less than a screen from its edge. If load is true, it also requests more
// messages at the edge of the loaded ones.
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

// scrolled handles a scroll event.
func (s *scene) scrolled() {
	s.noticeScroll()
	if !s.follow {
		s.roam(true)
		s.view.noticeStay()
	}
	s.showJump()
	s.lookSoon()
}

// walk moves the focus from the current row to another one and scrolls that into view. It returns false if the key
// does not move the focus.
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
