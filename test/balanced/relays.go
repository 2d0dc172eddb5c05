package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"hallway/test/servers"
)

// count is the number of relays.
const count = 3

// ownDatabase reports whether a command line of `serve` names a PostgreSQL database. Such a command line is for a single relay.
func ownDatabase(args []string) bool {
	_, db, _ := cut(args, "--db")
	return strings.Contains(db, "://")
}

// cut takes a flag out of a command line.
func cut(args []string, name string) (rest []string, value string, ok bool) {
	for i := 0; i < len(args); i++ {
		switch {
		case args[i] == name && i+1 < len(args):
			i++
			value, ok = args[i], true
		case strings.HasPrefix(args[i], name+"="):
			value, ok = args[i][len(name)+1:], true
		default:
			rest = append(rest, args[i])
		}
	}
	return rest, value, ok
}

// serve serves like one relay until a signal; then it drains the relays.
func serve(args []string) error {
	args, addr, ok := cut(args, "--addr")
	if !ok {
		return errors.New("--addr is needed")
	}
	args, file, ok := cut(args, "--db")
	if !ok {
		file = "hallway.db"
	}
	args, metrics, hasMetrics := cut(args, "--metrics-addr") // only one relay can have the address
	args, files, ok := cut(args, "--files")
	if !ok {
		files = abs(file) + ".files" // the default of a relay on a SQLite file
	}
	// The processes that this one starts inherit a second descriptor of its standard error. If this one is killed, its reader sees the end
	// of the output only when all of them have ended, too.
	if _, err := syscall.Dup(syscall.Stderr); err != nil {
		return err
	}
	ended := make(chan os.Signal, 1)
	signal.Notify(ended, os.Interrupt, syscall.SIGTERM)
	db, err := database(abs(file))
	if err != nil {
		return err
	}
	return servers.Outside(func(t servers.Test) error {
		var relays []*servers.Server
		var addrs []string
		for i := range count {
			relay := servers.Program(t, "relay", func(addr string) []string {
				command := append([]string{os.Getenv(programVariable), "serve", "--addr", addr, "--db", db, "--nats", os.Getenv(natsVariable), "--files", files}, args...)
				if hasMetrics && i == 0 {
					command = append(command, "--metrics-addr", metrics)
				}
				return command
			}, answers)
			relays, addrs = append(relays, relay), append(addrs, relay.Addr)
		}
		servers.HAProxyOn(t, addr, addrs)
		fmt.Fprintln(os.Stderr, `{"level":"INFO","msg":"listening"}`)
		<-ended
		for _, relay := range relays {
			if err := syscall.Kill(relay.PID(), syscall.SIGTERM); err != nil {
				return err
			}
		}
		for _, relay := range relays {
			<-relay.Ended()
		}
		return nil
	})
}

// answers reports whether a relay takes connections, which it does once it is ready.
func answers(addr string) bool {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return false
	}
	return conn.Close() == nil
}

// database returns the URL of the database that stands for a file. The first call for a file creates the database.
func database(file string) (string, error) {
	ctx := context.Background()
	server, err := url.Parse(os.Getenv(postgresVariable))
	if err != nil {
		return "", err
	}
	conn, err := pgx.Connect(ctx, server.String())
	if err != nil {
		return "", err
	}
	defer func() { _ = conn.Close(ctx) }()
	sum := sha256.Sum256([]byte(file))
	name := "f" + hex.EncodeToString(sum[:8])
	_, err = conn.Exec(ctx, "CREATE DATABASE "+name+" TEMPLATE template0")
	var there *pgconn.PgError
	if err != nil && (!errors.As(err, &there) || there.Code != "42P04") { // duplicate_database
		return "", err
	}
	server.Path = name
	return server.String(), nil
}
