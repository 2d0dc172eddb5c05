package main

import (
	"fmt"
	"math"
)

// A row is one figure with its limit and its target.
type row struct {
	Bench  string  `json:"bench"`
	What   string  `json:"what"`
	Figure float64 `json:"figure"`
	Unit   string  `json:"unit"`
	// Limit is the limit measured in the same run; 0: none.
	Limit     float64 `json:"limit,omitempty"`
	LimitWhat string  `json:"limit_what,omitempty"`
	// Ratio is Figure / Limit.
	Ratio float64 `json:"ratio,omitempty"`
	// Target is what the ratio (with OfLimit) or the figure should reach.
	Target  float64 `json:"target"`
	OfLimit bool    `json:"of_limit"`
	AtMost  bool    `json:"at_most"` // less is better
	Reached bool    `json:"reached"`
	Note    string  `json:"note,omitempty"`
}

// judge fills in the fields that follow from the figures.
func (r row) judge() row {
	if r.Limit > 0 {
		r.Ratio = r.Figure / r.Limit
	}
	r.Reached = r.times() >= 1
	return r
}

// judged returns the figure that the target is for.
func (r row) judged() float64 {
	if r.OfLimit {
		return r.Ratio
	}
	return r.Figure
}

// times returns how many times as good as its target the row is; from 1 on the target is reached.
func (r row) times() float64 {
	if r.AtMost {
		return r.Target / math.Max(r.judged(), 1e-9)
	}
	return r.judged() / r.Target
}

// verdict says whether the target is reached, or by how much it is missed.
func (r row) verdict() string {
	if r.Reached {
		return "yes"
	}
	return fmt.Sprintf("no, %.0f %% off", math.Ceil(math.Abs(r.judged()/r.Target-1)*100))
}

func (r row) targetText() string {
	sign := "≥"
	if r.AtMost {
		sign = "≤"
	}
	if r.OfLimit {
		return fmt.Sprintf("%s %s ×", sign, short(r.Target))
	}
	return fmt.Sprintf("%s %s %s", sign, short(r.Target), r.Unit)
}

func (r row) figureText() string { return short(r.Figure) + " " + r.Unit }

func (r row) limitText() string {
	if r.Limit == 0 {
		return "–"
	}
	return fmt.Sprintf("%s (%s)", short(r.Limit), r.LimitWhat)
}

func (r row) ratioText() string {
	if r.Limit == 0 {
		return "–"
	}
	return short(r.Ratio) + " ×"
}

// short writes a number for people, with three significant digits.
func short(v float64) string {
	switch a := math.Abs(v); {
	case a >= 1e6:
		return fmt.Sprintf("%.2f M", v/1e6)
	case a >= 10e3:
		return fmt.Sprintf("%.0f k", v/1e3)
	case a >= 1e3:
		return fmt.Sprintf("%.1f k", v/1e3)
	case a >= 100 || a == math.Trunc(a):
		return fmt.Sprintf("%.0f", v)
	case a >= 10:
		return fmt.Sprintf("%.1f", v)
	case a >= 1:
		return fmt.Sprintf("%.2f", v)
	default:
		return fmt.Sprintf("%.2g", v)
	}
}
