package overlay

import (
	"testing"

	"hallway/component/client"
	"hallway/component/view/text"
	"hallway/protocol"
)

func TestTheLineAboveTheReports(t *testing.T) {
	one, two := make([]protocol.ReportEntry, 1), make([]protocol.ReportEntry, 2)
	for _, tc := range []struct {
		queue client.Queue
		want  string
	}{
		{client.Queue{Loading: true}, "Loading…"},
		{client.Queue{}, "No report is open."},
		{client.Queue{Reports: one}, "1 open report"},
		{client.Queue{Reports: two, Loading: true}, "2 open reports"},
		{client.Queue{Reports: two, More: true}, "2+ open reports"},
		{client.Queue{Failed: true}, "That did not work."},
		{client.Queue{Reports: two, Failed: true}, "That did not work."},
	} {
		if got := queueSays(&tc.queue, text.For("en", nil)); got != tc.want {
			t.Errorf("%+v: %q, want %q", tc.queue, got, tc.want)
		}
	}
}
