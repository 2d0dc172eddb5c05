package nats

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"os"
	"strings"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nkeys"
)

// Config holds the settings of the connection to the servers. Its errors name the command's flags.
type Config struct {
	Servers []string // URLs: nats:// or tls://
	Creds   string   // a file with credentials; "": the URLs hold them, or there are none
	CA      string   // a file with the authorities that sign the servers' certificates; "": the system's
}

// options checks the configuration and returns the client's options for it.
func (c *Config) options() ([]nats.Option, error) {
	encrypted, known, err := c.checkServers()
	if err != nil {
		return nil, err
	}
	var options []nats.Option
	switch {
	case encrypted:
		o, err := c.tls()
		if err != nil {
			return nil, err
		}
		options = append(options, o)
	case c.CA != "":
		return nil, errors.New("--nats-ca needs TLS: use a tls:// address in --nats")
	default:
		// Servers that they announce may be on other machines.
		options = append(options, nats.IgnoreDiscoveredServers())
	}
	if c.Creds != "" {
		if known {
			return nil, errors.New("--nats-creds: the address in --nats has a user already, give one of both")
		}
		if err := checkCreds(c.Creds); err != nil {
			return nil, err
		}
		options = append(options, nats.UserCredentials(c.Creds))
	}
	return options, nil
}

// Check returns an error in the configuration, before anything is opened.
func (c *Config) Check() error {
	_, err := c.options()
	return err
}

// checkServers reports whether the connections are encrypted, and whether the addresses name a user.
func (c *Config) checkServers() (encrypted, known bool, err error) {
	if len(c.Servers) == 0 {
		return false, false, errors.New("--nats: no address is given")
	}
	plain := false
	for _, server := range c.Servers {
		u, err := url.Parse(strings.TrimSpace(server))
		if err != nil || u.Host == "" || u.Hostname() == "" || u.Scheme != "nats" && u.Scheme != "tls" || u.Path != "" && u.Path != "/" || u.RawQuery != "" {
			return false, false, errors.New("--nats: an address of a NATS server looks like nats://127.0.0.1:4222 or tls://nats.example.org:4222, several are separated by commas")
		}
		switch {
		case u.Scheme == "tls":
			encrypted = true
		case !loopback(u.Hostname()):
			return false, false, fmt.Errorf("--nats: %s is not on this machine and needs TLS: use tls://%s", u.Host, u.Host)
		default:
			plain = true
		}
		if !loopback(u.Hostname()) && c.Creds == "" && u.User == nil {
			return false, false, fmt.Errorf("--nats: %s is not on this machine and needs credentials: give their file by --nats-creds", u.Host)
		}
		known = known || u.User != nil
	}
	if plain && encrypted {
		return false, false, errors.New("--nats: the addresses must be all tls:// or all nats://")
	}
	return encrypted, known, nil
}

// loopback reports whether a host is this machine.
func loopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && addr.IsLoopback()
}

// tls returns the option that encrypts and verifies the servers.
func (c *Config) tls() (nats.Option, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if c.CA != "" {
		pem, err := os.ReadFile(c.CA)
		if err != nil {
			return nil, fmt.Errorf("--nats-ca: %w", err)
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("--nats-ca: %s holds no certificate in PEM", c.CA)
		}
	}
	return nats.Secure(config), nil
}

// checkCreds reads a file of credentials as the client will.
func checkCreds(file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("--nats-creds: %w", err)
	}
	_, noToken := nkeys.ParseDecoratedJWT(text)
	_, noSeed := nkeys.ParseDecoratedUserNKey(text)
	if noToken != nil || noSeed != nil {
		return fmt.Errorf("--nats-creds: %s holds no user's token and seed, as nsc writes them", file)
	}
	return nil
}
