package main

import (
	"fmt"
	"html"
	"strings"
)

// The plot's measures, in px.
const (
	plotWidth  = 860
	plotTop    = 64
	plotLeft   = 20
	barLeft    = 20
	barsWidth  = 560 // the length of plotTimes times the target
	rowHeight  = 46
	barHeight  = 14
	plotTimes  = 2.5 // a longer bar ends here and says so
	plotBottom = 16
)

// plotStyle follows the reader's colour scheme. The plot also says in words which targets are reached.
const plotStyle = `<style>
text { font: 13px system-ui, -apple-system, "Segoe UI", sans-serif; fill: #1f2328 }
.title { font-size: 16px; font-weight: 600 }
.dim { fill: #59636e }
.ground { fill: #ffffff }
.track { fill: #eaeef2 }
.reached { fill: #1a7f37 }
.missed { fill: #bc4c00 }
.target { stroke: #1f2328; stroke-width: 2 }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 }
  .dim { fill: #9198a1 }
  .ground { fill: #0d1117 }
  .track { fill: #21262d }
  .reached { fill: #3fb950 }
  .missed { fill: #f0883e }
  .target { stroke: #e6edf3 }
}
</style>
`

// plot draws each row as a bar, whose length says how many times as good as its target the row is.
func plot(rows []row) string {
	height := plotTop + rowHeight*len(rows) + plotBottom
	targetX := float64(barLeft) + barsWidth/plotTimes
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img" aria-label="How each figure stands to its target">`+"\n",
		plotWidth, height, plotWidth, height)
	b.WriteString(plotStyle)
	fmt.Fprintf(&b, `<rect class="ground" width="%d" height="%d" rx="6"/>`+"\n", plotWidth, height)
	fmt.Fprintf(&b, `<text class="title" x="%d" y="28">How each figure stands to its target: longer is better</text>`+"\n", plotLeft)
	fmt.Fprintf(&b, `<text class="dim" x="%d" y="48">The mark in each bar is its target.</text>`+"\n", plotLeft)
	for i, r := range rows {
		y := plotTop + rowHeight*i
		class, word := "reached", "reached"
		if !r.Reached {
			class, word = "missed", "missed: "+r.verdict()[len("no, "):]
		}
		times := r.times()
		length := min(times, plotTimes) * barsWidth / plotTimes
		more := ""
		if times > plotTimes {
			more = " →"
		}
		fmt.Fprintf(&b, `<text x="%d" y="%d">%s</text>`+"\n", plotLeft, y+12, html.EscapeString(r.What))
		fmt.Fprintf(&b, `<rect class="track" x="%d" y="%d" width="%d" height="%d" rx="2"/>`+"\n", barLeft, y+19, barsWidth, barHeight)
		fmt.Fprintf(&b, `<rect class="%s" x="%d" y="%d" width="%.1f" height="%d" rx="2"/>`+"\n", class, barLeft, y+19, length, barHeight)
		fmt.Fprintf(&b, `<line class="target" x1="%.1f" x2="%.1f" y1="%d" y2="%d"/>`+"\n", targetX, targetX, y+16, y+36)
		fmt.Fprintf(&b, `<text x="%d" y="%d">%s <tspan class="dim">%s</tspan></text>`+"\n",
			barLeft+barsWidth+10, y+31, html.EscapeString(plotFigure(r)), html.EscapeString("("+r.targetText()+", "+word+")"+more))
	}
	b.WriteString("</svg>\n")
	return b.String()
}

// plotFigure returns the figure that the target is for.
func plotFigure(r row) string {
	if r.OfLimit {
		return r.ratioText()
	}
	return r.figureText()
}
