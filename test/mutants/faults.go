package main

import (
	"regexp"
	"slices"
	"strconv"

	simulated "hallway/test/simulation"
)

// A mutant is a fault that a programmer could make. It names its place and the change there:
//
//	{name: "a change is not told", pkg: client, in: "Client.Step", checks: simulation,
//		do: steps{replace("a.retryAt, a.step.Changed = b, true", "a.retryAt = b")}},
//
// The place is a function or method of a package, or a variable or constant, in any file. `in` may leave out the type
// of a method if no other method has that name. In that code, each step finds one place by a pattern: a piece
// of Go as for `gofmt -r`, in which a small letter stands for any expression. So a fault stays valid when
// its code is formatted, moves to another file, or gets another receiver.
//
// When code moves to another function or package, or a field gets another name, TestEveryFaultFindsItsPlace fails and
// says where the pattern is now: correct `pkg`, `in` or the pattern, in one line. Keep a pattern as short as the
// function allows: "a.stored" is better than "!e.stored".
type mutant struct {
	name   string
	pkg    string // the package's folder
	in     string // the function, Type.Method, variable or constant
	do     steps
	checks []check // the checks that should notice the fault, one after the other until one does
}

type steps = []step

// The packages with faults.
const (
	client     = "component/client/core"
	catchUp    = "component/client/catchup"
	requests   = "component/client/request"
	people     = "component/client/people"
	timeline   = "component/client/timeline"
	outbox     = "component/client/outbox"
	uploads    = "component/client/upload"
	connection = "component/client/connection"
	lockPart   = "component/client/lock"
	clientStep = "component/client/step"
	hub        = "relay/hub"
	presence   = "relay/presence"
	guard      = "relay/guard"
	rulebook   = "relay/rules"
	store      = "store/sqlite"
	word       = "store/word"
	vault      = "component/vault"
)

// mutants holds all faults, grouped by the part of the program.
var mutants = slices.Concat(clientFaults, hubFaults, relaysFaults, clusterFaults, ruleFaults, storeFaults, shrinkFaults, sealedFaults)

// The checks.
var (
	inClient     = testsOf("the core's tests", client)
	inTimeline   = testsOf("the timeline's tests", timeline)
	inHub        = testsOf("the hub's tests", hub)
	inMemory     = testsOf("the suite of stores", "store/memory")
	inStore      = testsOf("the store's suite", store)
	inPresence   = testsOf("the tests of presence", presence)
	inEngine     = testsOf("the engine's tests", "relay/engine")
	inSimulation = check{
		name:  "the simulation",
		build: []string{"build", "./test/simulation/cmd"},
		run:   []string{"-seeds", "2500", "-first", "-from", "0"},
		says:  regexp.MustCompile(`(?m)seed \d+, .*$`),
	}
	inSealed = check{
		name:  "the simulation of encrypted rooms",
		build: inSimulation.build,
		run:   []string{"-seeds", "2500", "-first", "-from", strconv.Itoa(simulated.SealedSeeds)},
		says:  inSimulation.says,
	}
	inSealedCluster = check{
		name:  "the simulation of encrypted rooms with several relays",
		build: inSimulation.build,
		run:   []string{"-seeds", "2500", "-first", "-from", strconv.Itoa(simulated.SealedClusterSeeds)},
		says:  inSimulation.says,
	}
	inCluster = check{
		name:  "the simulation of several relays",
		build: inSimulation.build,
		run:   []string{"-seeds", "2500", "-first", "-from", strconv.Itoa(simulated.ClusterSeeds)},
		says:  inSimulation.says,
	}
)

// The checks of each kind of fault, the cheapest first.
var (
	simulation  = []check{inSimulation}
	cluster     = []check{inCluster}
	core        = []check{inClient}
	sealed      = []check{inSealed}
	sealedFirst = []check{inClient, inSealed}
	sealedMany  = []check{inSealedCluster}
	coreFirst   = []check{inClient, inSimulation}
	window      = []check{inTimeline}
	hubAlone    = []check{inHub}
	hubFirst    = []check{inHub, inSimulation}
	inRelays    = []check{inPresence, inHub, inEngine}
	ruled       = []check{inMemory}
	suite       = []check{inStore}
)

func testsOf(name, folder string) check {
	return check{
		name:  name,
		build: []string{"test", "-c", "-vet=off", "./" + folder},
		run:   []string{"-test.failfast"},
		in:    folder,
		says:  regexp.MustCompile(`--- FAIL: \S+/\S+|--- FAIL: \S+|panic: .*`),
	}
}
