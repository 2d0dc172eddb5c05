package log

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"hallway/component/client"
	"hallway/component/view/text"
)

// scene holds the window of rows in the document and the user's position in it. It changes the rows.
type scene struct {
	host  Host
	text  *text.Texts
	clock text.Clock

	ctx      app.Context
	scroller app.Value // nil while not mounted
	list     *rowList
	snap     client.Snapshot

	maker   rowMaker
	frame   frame
	view    viewport
	reading reading
	cursor  cursor
	device  device

	win     window
	follow  bool    // the view follows the end
	opening bool    // the user has not moved in the log since it was opened
	wanted  *wanted // a message to show as soon as it has loaded
	mention int64   // the seq of the last shown mention
}

// show draws a snapshot.
func (s *scene) show(now client.Snapshot) {
	if s.scroller == nil {
		s.snap = now
		return
	}
	s.noticeScroll()
	n := rowCount(&now)
	w := windowEnd(n)
	if !s.follow && len(s.list.shown) > 0 {
		if first, ok := findRow(&now, &s.list.shown[0]); ok {
			w = windowFrom(first, n)
		}
	}
	s.reading.followRoom(&now)
	s.maker.followUnread(&now)
	s.snap = now
	s.draw(w, true)
	s.continueTo()
	if !s.follow {
		s.roam(false)
	}
}

// redrawFiles draws the files of all rows again, because the page cannot show pictures.
func (s *scene) redrawFiles() {
	for _, node := range s.list.nodes {
		if node.files != nil {
			node.files.Redraw()
		}
	}
}

// draw puts the rows of a window into the document. If keep is true, the visible rows keep their position, unless
// the view follows the end.
func (s *scene) draw(w window, keep bool) {
	rows := s.maker.rowsIn(&s.snap, w)
	edits := diff(s.list.shown, rows)
	s.win = w

	// If the view follows the end, onResize scrolls to the end after the list has its new height. So the browser lays
	// out each frame only once.
	end := s.follow && len(s.list.shown) > 0 && s.view.rest() < 1

	var anchor app.Value
	var was float64
	if keep && !s.follow {
		if anchor = s.view.anchor(rows); anchor != nil {
			was = s.view.below(anchor)
		}
	}
	s.list.apply(edits, rows)
	s.cursor.placeIn(rows)
	framed := s.frame.draw(framing{
		text: s.text, earlier: s.snap.MoreBefore && w.lo == 0, loading: s.snap.Loading,
		empty: s.snap.Loaded && len(rows) == 0,
		blank: !s.snap.Loaded && len(rows) == 0 && willLoad(s.snap.Status),
		busy:  !s.snap.Loaded && willLoad(s.snap.Status) || s.snap.Loading,
	})
	switch {
	case s.follow && framed || s.follow && len(edits) > 0 && !end:
		s.view.scrollToEnd()
	case anchor != nil:
		if now := s.view.below(anchor); now != was {
			s.view.scrollBy(now - was)
		}
	}
	s.showJump()
}

// willLoad reports whether a chat with a status will probably load its first messages.
func willLoad(s client.Status) bool {
	switch s {
	case client.StatusNotAllowed, client.StatusUpdateNeeded, client.StatusClosed:
		return false
	}
	return true
}
