package driver

import (
	"context"
	"net/url"
	"strconv"

	"hallway/component/client"
	"hallway/protocol"
)

// fetchPeople requests people in the room, or their number, and returns the result as an event.
func fetchPeople(ctx context.Context, relay, room string, f client.FetchPeople) client.Event {
	at := roomURL(relay, room)
	limit := "&limit=" + strconv.Itoa(f.Limit)
	switch of := f.Of; {
	case of.ID != "":
		at += "/messages/" + of.ID + "/reactions?emoji=" + url.QueryEscape(of.Emoji) + limit
		if f.After != "" {
			at += "&after=" + url.QueryEscape(f.After)
		}
	case of.Words != "":
		at += "/members?q=" + url.QueryEscape(of.Words) + limit
	default:
		return request(ctx, f.Req, "GET", at, f.Token, "", func(body []byte) (client.Event, error) {
			r, err := protocol.DecodeRoom(body)
			return client.PeopleLoaded{Req: f.Req, Total: r.Members}, err
		})
	}
	return request(ctx, f.Req, "GET", at, f.Token, "", func(body []byte) (client.Event, error) {
		users, more, err := protocol.DecodePeople(body)
		return client.PeopleLoaded{Req: f.Req, Users: users, More: more}, err
	})
}
