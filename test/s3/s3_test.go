package s3_test

import (
	"net/url"
	"strings"
	"testing"

	"hallway/files"
	"hallway/files/filestest"
	"hallway/files/s3"
	server "hallway/test/s3"
)

func TestStore(t *testing.T) {
	address := server.Start(t)
	filestest.Run(t, func(t *testing.T) files.Store {
		of := strings.Replace(address, "some/prefix", url.PathEscape(strings.ReplaceAll(t.Name(), "/", "-")), 1)
		s, err := s3.Open(t.Context(), of)
		if err != nil {
			t.Fatal(err)
		}
		return s
	})
}

func TestAddressesThatAreRefused(t *testing.T) {
	good := server.Start(t)
	for _, address := range []string{
		"s3://", "s3:///prefix", "s3://bucket?endpoint=ftp://host", "s3://bucket?secret=abc", "s3://user:pass@bucket", "s3://bucket?endpoint=http://host/path",
		"s3://bucket?%", strings.Replace(good, "s3://bucket", "s3://another", 1),
	} {
		if _, err := s3.Open(t.Context(), address); err == nil || strings.ContainsRune(err.Error(), '\n') {
			t.Errorf("%s: %v", address, err)
		}
	}
	t.Setenv("AWS_SECRET_ACCESS_KEY", "another")
	if _, err := s3.Open(t.Context(), good); err == nil {
		t.Error("opened with a wrong key")
	}
}
