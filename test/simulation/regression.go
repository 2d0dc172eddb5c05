package simulation

// A Regression is a seed that showed a fault when the fault was there.
// test/mutants plants most of these again and finds them by these seeds: where
// the simulation has changed so that a seed does not show its fault any more,
// look for another one by `go run ./test/mutants -only NAME -seeds 200000`.
type Regression struct {
	Name string // what was wrong
	Seed uint64
}

// Regressions are run by the tests, and first of all by the command.
var Regressions = []Regression{}
