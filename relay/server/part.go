package server

import (
	"strconv"
	"unicode/utf8"

	"hallway/protocol"
	"hallway/relay/rules"
)

// parsePart parses the part of a list: the whole list, unless the query has a limit or an after. valid accepts an
// after, which is a name or an id. It ignores other parameters, because earlier clients may send any.
func parsePart(query string, valid func(string) bool) (part rules.Part, err error) {
	values, err := paramsOf(query)
	if err != nil {
		return part, err
	}
	limit, limited, err := oneParam(values, "limit")
	after, behind, twice := oneParam(values, "after")
	switch {
	case err != nil || twice != nil:
		return part, errTwice
	case behind && !valid(after):
		return part, refuse(protocol.CodeBadRequest, "after is not a valid name or id")
	case limited:
		part.Limit, err = readLimit(limit)
	}
	part.After = after
	return part, err
}

// parseNameQuery parses the words of a search for members; "" if the query has none.
func parseNameQuery(query string) (string, error) {
	values, err := paramsOf(query)
	if err != nil {
		return "", err
	}
	q, given, err := oneParam(values, "q")
	switch {
	case err != nil || !given:
		return "", err
	case len(q) < 1 || len(q) > protocol.NameQueryBytesMax || !utf8.ValidString(q):
		return "", refuse(protocol.CodeBadRequest, "q must be 1 to "+strconv.Itoa(protocol.NameQueryBytesMax)+" bytes of UTF-8")
	case len(values["after"]) > 0:
		return "", refuse(protocol.CodeBadRequest, "after may not go with q")
	}
	return q, nil
}

// moreField returns the answer's field more; nil if the list is complete and the request had no limit.
func moreField(part rules.Part, more bool) *bool {
	if part.Limit == 0 && !more {
		return nil
	}
	return &more
}
