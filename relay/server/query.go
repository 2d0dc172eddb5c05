package server

import (
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"

	"hallway/protocol"
	"hallway/relay/rules"
)

// wordsBytesMax bounds the words of a search.
const wordsBytesMax = 256

// positions maps the parameters with a page's position to the kinds of query.
var positions = map[string]rules.QueryKind{
	"before": rules.QueryBefore,
	"after":  rules.QueryAfter,
	"around": rules.QueryAround,
	"since":  rules.QuerySince,
}

// filters maps the parameters that select messages to the kinds of query; before may accompany them.
var filters = map[string]rules.QueryKind{
	"pinned": rules.QueryPinned,
	"q":      rules.QuerySearch,
}

var (
	errTwice        = refuse(protocol.CodeBadRequest, "the query has a parameter more than once")
	errUnknownParam = refuse(protocol.CodeBadRequest, "the query has an unknown parameter")
)

// queryOf returns a request's raw query.
func queryOf(c *fiber.Ctx) string { return string(c.Request().URI().QueryString()) }

// paramsOf parses a query.
func paramsOf(query string) (url.Values, error) {
	values, err := url.ParseQuery(query)
	if err != nil {
		return nil, refuse(protocol.CodeBadRequest, "the query is malformed")
	}
	return values, nil
}

// eachParam calls read for each parameter of a query. A parameter must not come twice.
func eachParam(query string, read func(name, v string) error) error {
	values, err := paramsOf(query)
	for name, v := range values {
		if len(v) > 1 {
			return errTwice
		}
		if err := read(name, v[0]); err != nil {
			return err
		}
	}
	return err
}

// oneParam returns the value of a parameter that must not come twice.
func oneParam(values url.Values, name string) (v string, given bool, err error) {
	switch all := values[name]; len(all) {
	case 0:
		return "", false, nil
	case 1:
		return all[0], true, nil
	}
	return "", true, errTwice
}

// parseQuery parses the page of a query. It refuses unknown parameters, because ignoring one would answer another
// question.
func parseQuery(query string) (rules.Query, error) {
	q := rules.Query{Kind: rules.QueryNewest, Limit: protocol.PageMessagesDefault}
	var filter rules.QueryKind
	err := eachParam(query, func(name, v string) (err error) {
		kind, isPosition := positions[name]
		only, isFilter := filters[name]
		switch {
		case isPosition && q.Kind != rules.QueryNewest:
			err = refuse(protocol.CodeBadRequest, "only one of before, after, around and since may be asked for")
		case isFilter && filter != rules.QueryNewest:
			err = refuse(protocol.CodeBadRequest, "only one of q and pinned may be asked for")
		case isPosition:
			q.Kind = kind
			err = readPosition(&q, name, v)
		case isFilter:
			filter = only
			err = readFilter(&q, name, v)
		case name == "limit":
			q.Limit, err = readLimit(v)
		default:
			err = errUnknownParam
		}
		return err
	})
	if err != nil || filter == rules.QueryNewest {
		return q, err
	}
	switch q.Kind {
	case rules.QueryNewest:
	case rules.QueryBefore:
		q.At = max(1, q.At) // 0 would mean all
	default:
		return q, refuse(protocol.CodeBadRequest, "of before, after, around and since only before may go with q or pinned")
	}
	q.Kind = filter
	return q, nil
}

var errEmoji = refuse(protocol.CodeBadRequest, "the emoji must be 1 to 64 bytes without white space")

// parseEmoji parses the required emoji of a query.
func parseEmoji(query string) (string, error) {
	values, err := paramsOf(query)
	if err != nil {
		return "", err
	}
	emoji, _, err := oneParam(values, "emoji")
	if err == nil && !protocol.ValidEmoji(emoji) {
		err = errEmoji
	}
	return emoji, err
}

func readPosition(q *rules.Query, name, v string) error {
	if q.Kind == rules.QueryAround && protocol.ValidID(v) {
		q.ID = v
		return nil
	}
	n, err := strconv.ParseUint(v, 10, 63)
	if err != nil {
		return refuse(protocol.CodeBadRequest, name+" must be an integer of at least 0")
	}
	q.At = int64(n)
	return nil
}

func readFilter(q *rules.Query, name, v string) error {
	switch {
	case name == "pinned":
		if v != "true" {
			return refuse(protocol.CodeBadRequest, "pinned can only be true")
		}
	case strings.TrimSpace(v) == "" || len(v) > wordsBytesMax || !utf8.ValidString(v):
		return refuse(protocol.CodeBadRequest, "q must be words in at most "+strconv.Itoa(wordsBytesMax)+" bytes of UTF-8")
	default:
		q.Words = v
	}
	return nil
}

func readLimit(v string) (int, error) {
	n, err := strconv.ParseUint(v, 10, 63)
	if err != nil || n < 1 || n > protocol.PageMessagesMax {
		return 0, refuse(protocol.CodeBadRequest, "limit must be 1 to "+strconv.Itoa(protocol.PageMessagesMax))
	}
	return int(n), nil
}
