package view

import (
	"strconv"

	"hallway/component/client"
	"hallway/protocol"
)

// texts is every word that the chat says in one language.
type texts struct {
	lang string // BCP 47
	dir  string // "ltr" or "rtl"

	live         string
	connecting   string
	catchingUp   string
	reconnecting string // followed by inSeconds while there is something to wait for
	inSeconds    func(n int) string
	offline      string
	notAllowed   string
	updateNeeded string
	closed       string
	tryNow       string

	sentLater    string // the connection is lost, one may write
	closedForNow string // the connection is lost, one may not
	outboxFull   string
	memoryOnly   string
	notSent      string // followed by why

	log            string // accessible name
	empty          string
	earlier        string
	earlierLoading string
	latest         string
	fresh          string
	deleted        string
	encrypted      string
	you            string // one's own name while it is not known

	states         map[client.ItemState]string
	retry, discard string
	reasons        map[protocol.Code]string

	message     string // accessible name of the input
	placeholder string
	send        string
}

var english = &texts{
	lang: "en",
	dir:  "ltr",

	live:         "Live",
	connecting:   "Connecting…",
	catchingUp:   "Catching up…",
	reconnecting: "Reconnecting",
	inSeconds:    func(n int) string { return " in " + strconv.Itoa(n) + " s" },
	offline:      "Offline",
	notAllowed:   "Not allowed",
	updateNeeded: "Update needed",
	closed:       "The chat is closed",
	tryNow:       "Try now",

	sentLater:    "What you write is sent once you are connected.",
	closedForNow: "You can write again once you are connected.",
	outboxFull:   "Too many messages wait to be sent.",
	memoryOnly:   "This browser cannot store messages: those not yet sent are lost when the page closes.",
	notSent:      "Not sent",

	log:            "Messages",
	empty:          "No messages yet",
	earlier:        "Show earlier messages",
	earlierLoading: "Loading earlier messages…",
	latest:         "Latest messages",
	fresh:          "New messages",
	deleted:        "Message deleted",
	encrypted:      "Encrypted message",
	you:            "You",

	states: map[client.ItemState]string{
		client.ItemWaiting: "Waiting to be sent",
		client.ItemSending: "Sending",
		client.ItemSent:    "Sent",
		client.ItemFailed:  "Not sent",
	},
	retry:   "Retry",
	discard: "Discard",
	reasons: map[protocol.Code]string{
		protocol.CodeForbidden: "you may not write here",
		protocol.CodeTooLarge:  "it is too long",
	},

	message:     "Message",
	placeholder: "Write a message",
	send:        "Send",
}

// textsFor gives the texts in the language that fits a BCP 47 tag best: so far
// there is one.
func textsFor(string) *texts { return english }

// because joins what happened and why.
func because(what, why string) string {
	if why == "" {
		return what
	}
	return what + ": " + why
}

// refusal says that a message was not sent, and why.
func (t *texts) refusal(code protocol.Code, told string) string {
	if known := t.reasons[code]; known != "" {
		told = known
	}
	return because(t.notSent, told)
}
