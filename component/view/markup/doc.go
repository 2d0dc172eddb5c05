// Package markup parses the text of a message: emphasis, code, links, emoji, and the words of a search. [Parse] is the
// main function. It returns the text as a tree of [Span].
//
// A link always leads to the host that it shows. An address becomes a link only with a known scheme
// (address.go). Its host is shown in Punycode if it could be mistaken for another host (host.go,
// script.go, punycode.go). Everything else stays text.
//
// To add a kind of span, add it to [SpanKind] and to the parser, and draw it in the log. To allow
// another scheme, add it to addressSchemes and to the tests of hostile addresses.
//
// # What this package must not know
//
// The document, languages, and messages. It works on strings only, in linear time.
package markup
