package native

import (
	"os"
	"testing"

	"hallway/test/relaytest"
)

// Main runs the tests with the relay built, and returns their exit code. In a program that a [Person] started, it runs
// the client instead.
func Main(m *testing.M) int {
	if os.Getenv(clientVariable) != "" {
		runClient()
		return 0
	}
	return relaytest.Main(m)
}
