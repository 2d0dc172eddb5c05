package keeper

import (
	"context"
	"log/slog"
	"time"

	"hallway/component/client"
	"hallway/component/driver"
	"hallway/component/vault"
	"hallway/e2ee/native"
)

// chat runs the chat of a room until ctx ends or the chat ends for good.
func (k *Keeper) chat(ctx context.Context, room string, log *slog.Logger) {
	changed := make(chan struct{}, 1)
	d := driver.Start(driver.Options{
		Relay: k.options.Relay, Room: room, Client: k.options.Client,
		GetToken: func(ctx context.Context) (string, error) {
			return ask(ctx, "--token-command", k.options.TokenCommand, "")
		},
		Vault: &reportingVault{Vault: k.vault(room), log: log},
		OnChange: func(client.Snapshot) {
			select {
			case changed <- struct{}{}:
			default: // one signal is enough
			}
		},
		OnNews: func(news client.Effect) {
			if w, ok := news.(client.Warned); ok {
				log.Warn("the keeper cannot join", "reason", w.Reason)
			}
		},
	})
	defer d.Close()
	for last := ""; ; {
		select {
		case <-ctx.Done():
			return
		case <-changed:
		}
		s := d.Snapshot()
		said := tell(&s)
		if said.text != last && said.text != "" {
			log.Log(ctx, said.level, said.text, said.more...)
			last = said.text
		}
		if said.ended {
			return
		}
	}
}

// vault returns the vault of a room.
func (k *Keeper) vault(room string) *vault.Vault {
	return vault.New(vault.Options{
		Cipher: oneAtATime{native.New(k.shelf), &k.cipher},
		Relay:  k.options.Relay, Room: room, Now: time.Now,
		GetDevice: func(ctx context.Context, jkt string) (string, error) {
			return ask(ctx, "--certificate-command", k.options.CertificateCommand, jkt)
		},
		IssuerKeys: func(ctx context.Context) ([]byte, error) { return driver.Read(ctx, k.options.Issuer) },
	})
}

// state is the log entry about a room.
type state struct {
	text  string // "" if nothing has changed
	level slog.Level
	more  []any
	ended bool // the chat has ended for good
}

// tell returns the log entry for a snapshot.
func tell(s *client.Snapshot) state {
	switch {
	case s.Status == client.StatusNotAllowed || s.Status == client.StatusUpdateNeeded:
		return state{"the relay does not let the keeper in", slog.LevelError, []any{"reason", s.Reason, "again_in", restartAfter.String()}, true}
	case s.Status == client.StatusReconnecting || s.Status == client.StatusOffline:
		return state{text: "there is no connection to the relay", level: slog.LevelWarn}
	case s.Status != client.StatusLive || s.Lock == nil:
		return state{}
	}
	switch s.Lock.State {
	case client.LockReady:
		if s.Lock.Fleeting {
			return state{text: "the keeper has the key of the room, but cannot store it in the folder", level: slog.LevelError}
		}
		return state{text: "the keeper has the key of the room"}
	case client.LockMissing:
		return state{"the room is not end-to-end encrypted", slog.LevelError, []any{"again_in", restartAfter.String()}, true}
	case client.LockOut:
		return state{text: "a moderator has shut the keeper out", level: slog.LevelError}
	case client.LockNoDevice:
		return state{text: "the keeper has no certificate that the relay accepts", level: slog.LevelError}
	}
	return state{text: "the keeper waits for the key of the room: a device that has it must come", level: slog.LevelWarn}
}

// reportingVault logs each reason of a vault's failures, once.
type reportingVault struct {
	driver.Vault
	log  *slog.Logger
	last string
}

// Do implements [driver.Vault].
func (v *reportingVault) Do(ctx context.Context, op client.CryptoOp) (client.CryptoResult, error) {
	result, err := v.Vault.Do(ctx, op)
	if err == nil {
		v.last = ""
	} else if reason := err.Error(); reason != v.last {
		v.last = reason
		v.log.Error("the keeper cannot encrypt", "reason", reason)
	}
	return result, err
}
