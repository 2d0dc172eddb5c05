package server

import (
	"net/url"

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
		return part, refuse(protocol.CodeBadRequest, "after is no valid name or id")
	case len(after) == 1:
		part.After = after[0]
	}
	if len(limit) == 1 {
		part.Limit, err = readLimit(limit[0])
	}
	return part, err
}

// moreField returns the answer's field more; nil: there is no more, and the request had no limit.
func moreField(part rules.Part, more bool) *bool {
	if part.Limit == 0 && !more {
		return nil
	}
	return &more
}
