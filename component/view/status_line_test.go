package view

import (
	"slices"
	"strings"
	"testing"
	"time"

	"hallway/component/client"
	"hallway/component/view/text"
	"hallway/protocol"
)

// said holds the texts of these tests.
var said = func() *text.Texts {
	t := text.For("en", nil)
	t.Moment = func(at time.Time) string { return at.Format("15:04") }
	return t
}()

func TestStatusLine(t *testing.T) {
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	for _, tc := range []struct {
		name string
		snap client.Snapshot
		note string
		want string // text and countdown, then the notes
		try  bool
	}{
		{"connecting", client.Snapshot{Status: client.StatusConnecting}, "", "Connecting…", false},
		{"catching up", client.Snapshot{Status: client.StatusCatchingUp}, "", "Catching up…", false},
		{"live", client.Snapshot{Status: client.StatusLive, ComposerOpen: true}, "", "Live", false},
		{
			"no key yet", client.Snapshot{Status: client.StatusLive, Lock: &client.Lock{State: client.LockWaiting}}, "",
			"Live|Waiting for the key to this room. Somebody who has it must be here.", false,
		},
		{
			"keys that die with the page", client.Snapshot{Status: client.StatusLive, Lock: &client.Lock{State: client.LockReady, Fleeting: true}}, "",
			"Live|This browser cannot keep keys: after the page closes, somebody must give you the key again.", false,
		},
		{"encrypted", client.Snapshot{Status: client.StatusLive, Lock: &client.Lock{State: client.LockReady}}, "", "Live", false},
		{
			"a chat that cannot encrypt", client.Snapshot{Status: client.StatusLive, Silenced: protocol.WhyEncrypted}, "",
			"Live|This room is encrypted, and this chat cannot encrypt. Ask the people who run this page.", false,
		},
		{
			"reconnecting",
			client.Snapshot{Status: client.StatusReconnecting, RetryAt: now.Add(4200 * time.Millisecond), ComposerOpen: true},
			"", "Reconnecting in 5 s|" + said.Say(text.SentLater), true,
		},
		{
			"reconnecting now",
			client.Snapshot{Status: client.StatusReconnecting, RetryAt: now.Add(-time.Second), ComposerOpen: true},
			"", "Reconnecting|" + said.Say(text.SentLater), true,
		},
		{
			"too many chats", client.Snapshot{Status: client.StatusReconnecting, Crowded: true, ComposerOpen: true},
			"", "Reconnecting|" + said.Say(text.TooManyChats) + "|" + said.Say(text.SentLater), true,
		},
		{"offline", client.Snapshot{Status: client.StatusOffline}, "", "Offline|" + said.Say(text.ClosedForNow), false},
		{
			"muted",
			client.Snapshot{Status: client.StatusLive, Silenced: protocol.WhyMuted, Muted: &client.Sanction{Until: now.Add(2 * time.Hour), Reason: "loud"}},
			"", "Live|You are muted until 11:00: loud", false,
		},
		{
			"muted until it is lifted, and reconnecting",
			client.Snapshot{Status: client.StatusOffline, Silenced: protocol.WhyMuted, Muted: &client.Sanction{}},
			"", "Offline|" + said.Say(text.MutedForever), false,
		},
		{
			"frozen", client.Snapshot{Status: client.StatusLive, Silenced: protocol.WhyFrozen, Frozen: true},
			"", "Live|" + said.Say(text.Frozen), false,
		},
		{
			"archived", client.Snapshot{Status: client.StatusLive, Silenced: protocol.WhyArchived},
			"", "Live|" + said.Say(text.Archived), false,
		},
		{
			"banned",
			client.Snapshot{Status: client.StatusNotAllowed, Reason: "banned", Banned: &client.Sanction{Until: now.Add(time.Minute), Reason: "spam"}},
			"", "You are banned from this room until 09:01: spam", false,
		},
		{
			"not allowed", client.Snapshot{Status: client.StatusNotAllowed, Reason: "banned"},
			"", "Not allowed: banned|" + said.Say(text.AskForAccess), false,
		},
		{"update needed", client.Snapshot{Status: client.StatusUpdateNeeded}, "", "Update needed|" + said.Say(text.ReloadPage), false},
		{"closed", client.Snapshot{Status: client.StatusClosed}, "", "The chat is closed", false},
		{
			"notes",
			client.Snapshot{Status: client.StatusOffline, OutboxFull: true, StorageFailed: true},
			"Not sent: why", strings.Join([]string{"Offline", said.Say(text.OutboxFull), said.Say(text.MemoryOnly), "Not sent: why"}, "|"), false,
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			line := lineOf(&tc.snap, now, tc.note, said)
			got := strings.Join(append([]string{line.text + line.countdown}, line.notes...), "|")
			if got != tc.want || line.tryNow != tc.try {
				t.Errorf("%q, try now: %v; want %q, %v", got, line.tryNow, tc.want, tc.try)
			}
			if line.quiet != (tc.want == "Live") {
				t.Errorf("quiet: %v", line.quiet)
			}
			if counts := line.countdown != ""; counts != (line.changesIn > 0) {
				t.Errorf("the countdown is %q, and changes in %v", line.countdown, line.changesIn)
			}
		})
	}
}

// TestLiveIsSaidOfNothingElse checks that the line says "live" only when the chat has caught up.
func TestLiveIsSaidOfNothingElse(t *testing.T) {
	for _, status := range []client.Status{
		client.StatusConnecting, client.StatusCatchingUp, client.StatusReconnecting, client.StatusOffline,
		client.StatusNotAllowed, client.StatusUpdateNeeded, client.StatusClosed,
	} {
		for _, open := range []bool{false, true} {
			s := client.Snapshot{Status: status, ComposerOpen: open, OutboxFull: open, StorageFailed: true}
			line := lineOf(&s, time.Now(), "", said)
			words := strings.Fields(strings.ToLower(line.text + " " + strings.Join(line.notes, " ")))
			if line.text == "" || slices.Contains(words, "live") {
				t.Errorf("%s: %q, %q", status, line.text, line.notes)
			}
		}
	}
}

func TestCountdown(t *testing.T) {
	for _, tc := range []struct {
		left    time.Duration
		seconds int
		changes time.Duration
	}{
		{-time.Second, 0, 0},
		{0, 0, 0},
		{time.Nanosecond, 1, time.Nanosecond},
		{time.Second, 1, time.Second},
		{time.Second + time.Millisecond, 2, time.Millisecond},
		{30 * time.Second, 30, time.Second},
	} {
		seconds, changes := countdown(tc.left)
		if seconds != tc.seconds || changes != tc.changes {
			t.Errorf("countdown(%v) = %d, %v; want %d, %v", tc.left, seconds, changes, tc.seconds, tc.changes)
		}
	}
}

func TestSameLine(t *testing.T) {
	line := statusLine{text: "a", countdown: "b", tryNow: true, notes: []string{"c"}, changesIn: 1}
	later := line
	later.changesIn = 2
	if !line.same(&later) {
		t.Error("the time of the next change is part of the content")
	}
	for _, other := range []statusLine{
		{text: "a", countdown: "b", tryNow: true, notes: line.notes, quiet: true},
		{countdown: "b", tryNow: true, notes: line.notes},
		{text: "a", tryNow: true, notes: line.notes},
		{text: "a", countdown: "b", notes: line.notes},
		{text: "a", countdown: "b", tryNow: true},
	} {
		if line.same(&other) {
			t.Errorf("%+v has the same content as %+v", other, line)
		}
	}
}

// TestWait checks the countdown in the button, in slow mode and near the end of a mute.
func TestWait(t *testing.T) {
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	muted := func(d time.Duration) client.Snapshot {
		return client.Snapshot{Status: client.StatusLive, Silenced: protocol.WhyMuted, Muted: &client.Sanction{Until: now.Add(d)}}
	}
	for _, tc := range []struct {
		name string
		snap client.Snapshot
		want string
	}{
		{"nothing", client.Snapshot{}, ""},
		{"slow mode", client.Snapshot{NextSendAt: now.Add(29500 * time.Millisecond)}, "0:30"},
		{"slow mode's pause is over", client.Snapshot{NextSendAt: now.Add(-time.Second)}, ""},
		{"a mute of minutes", muted(10*time.Minute + 5*time.Second), "10:05"},
		{"a mute of a day", muted(24 * time.Hour), ""},
		{"frozen", client.Snapshot{Silenced: protocol.WhyFrozen, NextSendAt: now.Add(time.Minute)}, ""},
	} {
		line := lineOf(&tc.snap, now, "", said)
		if line.wait != tc.want || (line.changesIn > 0) != (tc.want != "") {
			t.Errorf("%s: %q, changes in %v; want %q", tc.name, line.wait, line.changesIn, tc.want)
		}
	}
}

// TestStatusLineIsInTheUsersLanguage checks that the relay's reasons, which are English, are not shown in another
// language.
func TestStatusLineIsInTheUsersLanguage(t *testing.T) {
	const raw = "the relay's own words"
	for _, status := range []client.Status{client.StatusNotAllowed, client.StatusUpdateNeeded} {
		s := client.Snapshot{Status: status, Reason: raw}
		if line := lineOf(&s, time.Now(), "", text.For("de", nil)); strings.Contains(line.text, raw) {
			t.Errorf("%s: %q", status, line.text)
		}
	}
}
