package docs_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var metricName = regexp.MustCompile(`hallway_\w+`)

// TestDashboardsShowWhatTheRelayCounts checks that the relay has each metric of the dashboards and of OPERATIONS.md.
func TestDashboardsShowWhatTheRelayCounts(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(root, "relay/server/*.go"))
	if err != nil {
		t.Fatal(err)
	}
	var sources strings.Builder
	for _, file := range files {
		if !strings.HasSuffix(file, "_test.go") {
			source, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			sources.Write(source)
		}
	}
	check := func(where, text string) {
		for _, name := range metricName.FindAllString(text, -1) {
			for _, suffix := range []string{"_bucket", "_sum", "_count"} {
				name = strings.TrimSuffix(name, suffix)
			}
			if !strings.Contains(sources.String(), `"`+name+`"`) {
				t.Errorf("%s: the relay has no metric %s", where, name)
			}
		}
	}
	check("docs/OPERATIONS.md", read(t, "docs/OPERATIONS.md"))
	for _, file := range []string{"docs/grafana/relay.json", "docs/grafana/relays.json"} {
		var dashboard struct {
			Title, UID string
			Panels     []struct {
				Title   string
				Targets []struct{ Expr string }
			}
		}
		if err := json.Unmarshal([]byte(read(t, file)), &dashboard); err != nil || dashboard.UID == "" || len(dashboard.Panels) < 10 {
			t.Errorf("%s: %v, %d panels", file, err, len(dashboard.Panels))
		}
		for _, p := range dashboard.Panels {
			if len(p.Targets) == 0 {
				t.Errorf("%s: %q shows nothing", file, p.Title)
			}
			for _, target := range p.Targets {
				check(file+", "+p.Title, target.Expr)
			}
		}
	}
}
