package main

import (
	"errors"
	"fmt"
	"log/slog"
	"math"
)

// filesBeside is how many files the relay has open beside its connections: the
// database, the listener, requests under way.
const filesBeside = 256

// checkLimits refuses limits that are none.
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
	return nil
}

// checkFiles has the process open as many files as it may, and says so where
// the connections that are allowed would take more.
func (s *serveCommand) checkFiles(log *slog.Logger) {
	files, err := raiseFiles()
	if err != nil {
		log.Warn("the limit of open files is not known", "error", err)
		return
	}
	log.Info("limits", "open_files", files, "conns", s.Conns)
	if s.Conns == 0 || uint64(s.Conns)+filesBeside > files {
		log.Warn("more connections are allowed than files can be open: raise the limit of open files (nofile), or lower --conns",
			"open_files", files, "conns", s.Conns)
	}
}
