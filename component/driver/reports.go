package driver

import (
	"context"
	"strconv"

	"hallway/component/client"
	"hallway/protocol"
)

// fetchReports reads a page of the open reports and makes an event of what came.
func fetchReports(ctx context.Context, relay, room string, f client.FetchReports) client.Event {
	loaded := client.ReportsLoaded{Req: f.Req}
	url := roomURL(relay, room) + "/reports?state=open&limit=" + strconv.Itoa(f.Limit)
	if f.Before != 0 {
		url += "&before=" + strconv.FormatInt(f.Before, 10)
	}
	failed := request(ctx, "GET", url, f.Token, "", func(body []byte) (err error) {
		loaded.Reports, loaded.More, err = protocol.DecodeReports(body)
		return err
	})
	if failed != nil {
		return client.ReportsFailed{Req: f.Req, Status: failed.Status, Err: failed.Err}
	}
	return loaded
}

// closeReport closes a report and makes an event of what came.
func closeReport(ctx context.Context, relay, room string, c client.CloseReport) client.Event {
	url := roomURL(relay, room) + "/reports/" + strconv.FormatInt(c.N, 10)
	body := `{"state":"` + string(c.State) + `"}`
	failed := request(ctx, "PATCH", url, c.Token, body, func([]byte) error { return nil })
	if failed != nil {
		return client.ReportsFailed{Req: c.Req, Status: failed.Status, Err: failed.Err}
	}
	return client.ReportClosed{Req: c.Req}
}
