package main

import (
	"errors"
	"fmt"
	"log/slog"
	"math"
	"time"

	"hallway/relay/guard"
	"hallway/relay/system"
)

const (
	// filesBeside is the number of files reserved for other uses than WebSockets: the database, the listener, requests
	// under way.
	filesBeside = 256
	// filesOwn is the part of filesBeside that is not for requests.
	filesOwn = 128
)

// checkLimits refuses invalid limits in flags.
func (s *serveCommand) checkLimits() error {
	if s.Rate < 0 || math.IsNaN(s.Rate) || math.IsInf(s.Rate, 0) {
		return errors.New("--rate must be 0 or above")
	}
	for _, flag := range []struct {
		name         string
		value, least int
	}{
		{"conns-per-user", s.ConnsPerUser, 0},
		{"conns", s.Conns, 0},
		{"handshakes-per-second", s.Handshakes, 0},
		{"rooms", s.Rooms, 1},
		{"frames-per-second", s.Frames, 1},
	} {
		if flag.value < flag.least {
			return fmt.Errorf("--%s must be %d or above", flag.name, flag.least)
		}
	}
	if s.Retention != 0 && s.Retention < time.Minute {
		return errors.New("--retention must be 0, or 1m or above")
	}
	return nil
}

// admission raises the process's limit of open files, and returns the limits of connections: the flags', or lower ones
// if there are too few files. So an excess connection gets a refusal, not an error.
func (s *serveCommand) admission(log *slog.Logger) guard.AdmissionLimits {
	a := guard.AdmissionLimits{Conns: s.Conns, HandshakesPerSecond: s.Handshakes}
	files, err := system.RaiseOpenFiles()
	if err != nil {
		log.Warn("the limit of open files is not known", "error", err)
		return a
	}
	a.Conns, a.Files = fitFiles(s.Conns, files)
	log.Info("limits", "open_files", files, "conns", a.Conns)
	return a
}

func fitFiles(conns int, files uint64) (fit, all int) {
	have := int(min(files, math.MaxInt32))
	most := have - filesBeside
	if conns == 0 || conns > most {
		conns = max(most, 1)
	}
	return conns, max(have-filesOwn, conns+1)
}
