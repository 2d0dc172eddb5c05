// Package markup reads the text of a message: emphasis, code, links, emoji, and the words of a search. [Parse] is the main
// function; it returns the text as a tree of [Span].
//
// A link always leads where it seems to lead. An address becomes a link only with a known scheme
// (address.go); its host is shown in Punycode if it could be mistaken for another host (host.go,
// script.go, punycode.go). Everything else stays text.
//
// To add a kind of span, add it to [SpanKind] and to the parser, and teach the log to draw it. To
// allow another scheme, add it to addressSchemes and to the tests of hostile addresses.
//
// # What this package must not know
//
// The document, languages, messages. It works on strings alone, and the time that it takes grows
// with their length only.
package markup
