package server

import (
	"net/url"
	"strconv"
	"unicode/utf8"

	"hallway/protocol"
	"hallway/relay/rules"
)

// parsePart parses the part of a list: all of it, unless the query has a limit or an after, which is a name or an id
// that valid accepts. It ignores everything else, because earlier clients may send anything.
func parsePart(query string, valid func(string) bool) (part rules.Part, err error) {
	values, err := url.ParseQuery(query)
	if err != nil {
		return part, refuse(protocol.CodeBadRequest, "the query is malformed")
	}
	limit, after := values["limit"], values["after"]
	switch {
	case len(limit) > 1 || len(after) > 1:
		return part, errTwice
	case len(after) == 1 && !valid(after[0]):
		return part, refuse(protocol.CodeBadRequest, "after is not a valid name or id")
	case len(after) == 1:
		part.After = after[0]
	}
	if len(limit) == 1 {
		part.Limit, err = readLimit(limit[0])
	}
	return part, err
}

// parseNameQuery parses the words of a search for members; "": the query has none.
func parseNameQuery(query string) (string, error) {
	values, err := url.ParseQuery(query)
	if err != nil {
		return "", refuse(protocol.CodeBadRequest, "the query is malformed")
	}
	q := values["q"]
	switch {
	case len(q) == 0:
		return "", nil
	case len(q) > 1:
		return "", errTwice
	case len(q[0]) < 1 || len(q[0]) > protocol.NameQueryBytesMax || !utf8.ValidString(q[0]):
		return "", refuse(protocol.CodeBadRequest, "q must be 1 to "+strconv.Itoa(protocol.NameQueryBytesMax)+" bytes of UTF-8")
	case len(values["after"]) > 0:
		return "", refuse(protocol.CodeBadRequest, "after may not go with q")
	}
	return q[0], nil
}

// moreField returns the answer's field more; nil: the list is complete, and the request had no limit.
func moreField(part rules.Part, more bool) *bool {
	if part.Limit == 0 && !more {
		return nil
	}
	return &more
}
