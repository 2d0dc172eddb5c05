package driver_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"

	"hallway/component/driver"
)

// TestKeySetsAreReadWithoutRedirects checks that a redirect at the issuer's address does not make the client read keys elsewhere.
func TestKeySetsAreReadWithoutRedirects(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(`{"keys":[]}`)) }))
	defer elsewhere.Close()
	issuer := httptest.NewServer(http.RedirectHandler(elsewhere.URL, http.StatusFound))
	defer issuer.Close()
	if set, err := driver.Read(context.Background(), issuer.URL); err == nil {
		t.Errorf("read %s", set)
	}
	if _, err := driver.Read(context.Background(), elsewhere.URL); err != nil {
		t.Error(err)
	}
}
