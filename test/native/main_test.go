package native

import (
	"os"
	"testing"
)

func TestMain(m *testing.M) {
	if folder := os.Getenv(saveVariable); folder != "" {
		saveForever(folder)
	}
	os.Exit(Main(m))
}
