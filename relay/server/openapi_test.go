package server_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"

	"hallway/relay/server"
)

// openAPI is the document as a relay serves it.
func openAPI(t *testing.T) []byte {
	t.Helper()
	r := start(t, nil).ask("GET", "/v1/openapi.json", "")
	if r.StatusCode != 200 || r.Header.Get("Content-Type") != "application/json" {
		t.Fatalf("%d %v", r.StatusCode, r.Header)
	}
	wantSecurityHeaders(t, r)
	return []byte(r.body)
}

func loadOpenAPI(t *testing.T, data []byte) *openapi3.T {
	t.Helper()
	loader := openapi3.NewLoader()
	doc, err := loader.LoadFromData(data)
	if err != nil {
		t.Fatal(err)
	}
	// Version 0.153 supports all parts of 3.1 that the document uses: const, examples, keywords beside $ref, schemas
	// without a type.
	if err := doc.Validate(loader.Context, openapi3.EnableExamplesValidation(), openapi3.EnableSchemaPatternValidation()); err != nil {
		t.Fatal(err)
	}
	return doc
}

var fiberParam = regexp.MustCompile(`:(\w+)`)

// TestOpenAPIHasEveryRoute checks that the document has all routes, and no others.
func TestOpenAPIHasEveryRoute(t *testing.T) {
	doc := loadOpenAPI(t, openAPI(t))
	if doc.OpenAPI != "3.1.0" {
		t.Errorf("openapi %q", doc.OpenAPI)
	}
	var described, served []string
	for path, item := range doc.Paths.Map() {
		for method := range item.Operations() {
			described = append(described, method+" "+path)
		}
	}
	srv, err := server.New(server.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range srv.Routes() {
		if r.Method != http.MethodHead { // answered by GET's handler
			served = append(served, r.Method+" "+fiberParam.ReplaceAllString(r.Path, "{$1}"))
		}
	}
	slices.Sort(described)
	slices.Sort(served)
	if !slices.Equal(described, served) {
		t.Errorf("described are\n%s\nserved are\n%s", strings.Join(described, "\n"), strings.Join(served, "\n"))
	}
}

// TestOpenAPINeedsTokens checks that the document demands a token for the routes that need one.
func TestOpenAPINeedsTokens(t *testing.T) {
	doc := loadOpenAPI(t, openAPI(t))
	s := start(t, nil)
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			public := op.Security != nil && len(*op.Security) == 0
			r := s.ask(method, strings.NewReplacer("{room}", "lobby", "{id}", messageID, "{emoji}", "a", "{user}", "u2", "{n}", "1").Replace(path), "")
			if (r.StatusCode == 401) == public {
				t.Errorf("%s %s: %d without a token, which it needs: %v", method, path, r.StatusCode, !public)
			}
		}
	}
}

// A description compares requests and answers with the document.
type description struct{ router routers.Router }

var described struct {
	sync.Once
	description
}

// describe reads the document once for all tests.
func describe(t *testing.T) *description {
	t.Helper()
	described.Do(func() {
		var doc map[string]any
		if err := json.Unmarshal(openAPI(t), &doc); err != nil {
			t.Fatal(err)
		}
		for name, schema := range doc["components"].(map[string]any)["schemas"].(map[string]any) {
			if !slices.Contains([]string{"Send", "Attachments", "Edit", "RoomSettings", "Sentence", "Complaint", "Closing"}, name) { // only in requests
				closeObjects(schema)
			}
		}
		data, err := json.Marshal(doc)
		if err != nil {
			t.Fatal(err)
		}
		if described.router, err = gorillamux.NewRouter(loadOpenAPI(t, data)); err != nil {
			t.Fatal(err)
		}
	})
	return &described.description
}

// closeObjects makes every schema with properties refuse others, so that the document must describe all answers. The
// document itself leaves them open, because later versions of the relay may add members.
func closeObjects(v any) {
	switch v := v.(type) {
	case map[string]any:
		if _, ok := v["properties"].(map[string]any); ok && v["type"] == "object" {
			v["additionalProperties"] = false
		}
		for _, e := range v {
			closeObjects(e)
		}
	case []any:
		for _, e := range v {
			closeObjects(e)
		}
	}
}

// check fails the test if an answer does not match the document.
func (d *description) check(t *testing.T, method, path, body string, r response) {
	t.Helper()
	if err := d.answer(t, method, path, body, r); err != nil {
		t.Errorf("%s %s: %d is not as described: %v", method, path, r.StatusCode, err)
	}
}

// answer compares an answer with the document, and the request too if it was accepted.
func (d *description) answer(t *testing.T, method, path, body string, r response) error {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body))
	if err != nil {
		return err
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	route, params, err := d.router.FindRoute(req)
	if err != nil {
		if r.StatusCode == http.StatusNotFound || r.StatusCode == http.StatusMethodNotAllowed {
			return nil // the route does not exist
		}
		return err
	}
	for name, v := range params { // the router leaves them escaped
		if params[name], err = url.PathUnescape(v); err != nil {
			return err
		}
	}
	options := &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, IncludeResponseStatus: true}
	request := &openapi3filter.RequestValidationInput{Request: req, PathParams: params, Route: route, Options: options}
	if r.StatusCode < 300 {
		if err := openapi3filter.ValidateRequest(t.Context(), request); err != nil {
			return err
		}
	}
	return openapi3filter.ValidateResponse(t.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: request, Status: r.StatusCode, Header: r.Header,
		Body: io.NopCloser(strings.NewReader(r.body)), Options: options,
	})
}

// TestDescriptionCanFail checks that check can fail.
func TestDescriptionCanFail(t *testing.T) {
	d := describe(t)
	taken := func(kind, body string) response {
		return response{&http.Response{StatusCode: 200, Header: http.Header{"Content-Type": {kind}}}, body}
	}
	live := `"room":"a","id":"` + messageID + `","seq":1,"rev":1,"sender":{"id":"u","name":"","role":"organizer"},"created_at":"2026-11-23T09:15:04.123456Z"`
	for _, test := range []struct {
		name   string
		answer response
		good   bool
	}{
		{"a message", taken("application/json", `{`+live+`,"text":"a"}`), true},
		{"a tombstone", taken("application/json", `{`+live+`,"deleted_at":"2026-11-23T09:15:04.123456Z"}`), true},
		{"no message", taken("application/json", `{}`), false},
		{"a message of nothing", taken("application/json", `{`+live+`}`), false},
		{"a tombstone with a text", taken("application/json", `{`+live+`,"text":"a","deleted_at":"2026-11-23T09:15:04.123456Z"}`), false},
		{"a member that is not described", taken("application/json", `{`+live+`,"text":"a","more":1}`), false},
		{"another kind", taken("text/plain", `{`+live+`,"text":"a"}`), false},
	} {
		t.Run(test.name, func(t *testing.T) {
			if err := d.answer(t, "GET", messagesPath+"/"+messageID, "", test.answer); (err == nil) != test.good {
				t.Error(err)
			}
		})
	}
}
