package driver

import (
	"context"
	"strconv"

	"hallway/component/client"
	"hallway/protocol"
)

// fetchReports reads a page of the open reports and returns the result as an event.
func fetchReports(ctx context.Context, relay, room string, f client.FetchReports) client.Event {
	url := roomURL(relay, room) + "/reports?state=open&limit=" + strconv.Itoa(f.Limit)
	if f.Before != 0 {
		url += "&before=" + strconv.FormatInt(f.Before, 10)
	}
	return request(ctx, f.Req, "GET", url, f.Token, "", func(body []byte) (client.Event, error) {
		reports, more, err := protocol.DecodeReports(body)
		return client.ReportsLoaded{Req: f.Req, Reports: reports, More: more}, err
	})
}

// closeReport closes a report and returns the result as an event.
func closeReport(ctx context.Context, relay, room string, c client.CloseReport) client.Event {
	url := roomURL(relay, room) + "/reports/" + strconv.FormatInt(c.N, 10)
	body := `{"state":"` + string(c.State) + `"}`
	return request(ctx, c.Req, "PATCH", url, c.Token, body, func([]byte) (client.Event, error) {
		return client.ReportClosed{Req: c.Req}, nil
	})
}
