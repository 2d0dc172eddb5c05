package main

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"hallway/protocol"
	"hallway/relay/auth"
	"hallway/relay/secret"
)

type tokenCommand struct {
	secret.Flags
	Sub     string        `required:"" help:"The user's id."`
	Name    string        `help:"The user's name, as people see it."`
	Picture string        `help:"The https URL of the user's picture."`
	Title   string        `help:"The user's title, as people see it."`
	Room    []string      `help:"A room that the token opens, or a pattern: * stands for any characters, ? for one. May be repeated. By default no room opens."`
	Role    string        `enum:"participant,moderator,organizer" default:"participant" help:"The user's role: participant, moderator or organizer."`
	TTL     time.Duration `name:"ttl" default:"1h" help:"Lifetime of the token: 90s, 15m, 1h; at most --token-max-ttl, which must be that of the relay."`
}

// Run prints a token.
func (t *tokenCommand) Run() error {
	if t.TTL <= 0 {
		return errors.New("--ttl must be above 0")
	}
	if t.MaxTTL > 0 && t.TTL > t.MaxTTL {
		return fmt.Errorf("--ttl %v is above --token-max-ttl %v: a relay would refuse the token", t.TTL, t.MaxTTL)
	}
	for i, pattern := range t.Room {
		if !opensAny(pattern) { // counted, not quoted, because the pattern may contain any characters
			return fmt.Errorf("--room: pattern %d opens no room: a room's name has the characters A-Z a-z 0-9 . _ : ~ - and begins with a letter or a digit", i+1)
		}
	}
	keeper, err := t.Keeper()
	if err != nil {
		return err
	}
	claims := auth.Claims{Sub: t.Sub, Name: t.Name, Picture: t.Picture, Title: t.Title, Role: protocol.Role(t.Role), IssuedAt: time.Now()}
	for _, pattern := range t.Room {
		claims.Rooms = append(claims.Rooms, auth.Room{Pattern: pattern, Role: claims.Role})
	}
	token, err := keeper.Issue(claims, time.Now().Add(t.TTL))
	if err != nil {
		return err
	}
	if _, err := fmt.Println(token); err != nil {
		return failure{err}
	}
	return nil
}

// opensAny reports whether a room's name can match the pattern.
func opensAny(pattern string) bool {
	one := strings.ReplaceAll(pattern, "?", "a")
	return protocol.ValidRoom(strings.ReplaceAll(one, "*", "")) || protocol.ValidRoom(strings.ReplaceAll(one, "*", "a"))
}
