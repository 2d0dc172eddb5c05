package nats

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"hallway/relay/bus"
)

// hashBytes is the length of a room's hash.
const hashBytes = 16

// subjects makes the subjects of a cluster.
type subjects struct{ prefix string }

// subjectsOf returns the subjects of a cluster.
func subjectsOf(cluster string) (subjects, error) {
	valid := cluster != "" && len(cluster) <= 64 && !strings.ContainsFunc(cluster, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' && r != '_'
	})
	if !valid {
		return subjects{}, errors.New("the id of the cluster must be 1 to 64 letters, digits, - and _")
	}
	return subjects{"hallway." + cluster + "."}, nil
}

// durable returns the subject of a room's changes.
func (s subjects) durable(room string) string { return s.prefix + "r." + hash(room) }

// isDurable reports whether a subject is that of a room's changes.
func (s subjects) isDurable(subject string) bool { return strings.HasPrefix(subject, s.prefix+"r.") }

// listen returns the subject with a wildcard for all news of a room.
func (s subjects) listen(room string) string { return s.prefix + "*." + hash(room) }

// ephemeral returns the subject of a room's ephemeral news.
func (s subjects) ephemeral(room string) string { return s.prefix + "e." + hash(room) }

// all returns the subject of news for all relays.
func (s subjects) all() string { return s.prefix + "all" }

// to returns the subject of news for one relay.
func (s subjects) to(relay bus.RelayID) string {
	return fmt.Sprintf("%sto.%016x", s.prefix, uint64(relay))
}

// of returns the subject on which news are published.
func (s subjects) of(news bus.News) string {
	room, relay := bus.RoomOf(news), bus.RelayOf(news)
	switch {
	case relay != 0:
		return s.to(relay)
	case room == "":
		return s.all()
	case bus.Durable(news):
		return s.durable(room)
	}
	return s.ephemeral(room)
}

func hash(room string) string {
	sum := sha256.Sum256([]byte(room))
	return hex.EncodeToString(sum[:hashBytes])
}
