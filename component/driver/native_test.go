package driver_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"

	"hallway/component/driver"
)

// TestKeySetsAreReadWithoutRedirection: whoever answers for the issuer's address could send a client elsewhere for the keys.
func TestKeySetsAreReadWithoutRedirection(t *testing.T) {
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
