package server

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"golang.org/x/net/idna"
)

// Origins is a set of origins of pages, in lower case and without the port that the scheme implies. In an entry such
// as https://*.example.org the star stands for one label.
type Origins map[string]struct{}

// ParseOrigins parses the origins of pages that may connect, such as https://app.example.org, http://localhost:5173 or
// https://*.example.org. It refuses an entry that no browser could send.
func ParseOrigins(list []string) (Origins, error) { return parseOrigins(list, parseWildcard) }

// ParseHosts parses the relay's own origins: as ParseOrigins, without wildcards. A host without a scheme, such as
// chat.example.org, has the scheme of the relay.
func ParseHosts(list []string) (Origins, error) {
	return parseOrigins(list, func(entry string) (string, error) {
		if strings.Contains(entry, "*") {
			return "", errors.New("the relay's own origin may not have a star; name each one")
		}
		if strings.Contains(entry, "://") {
			return parseOrigin(entry)
		}
		origin, err := parseOrigin("https://" + entry)
		return strings.TrimPrefix(origin, "https"), err
	})
}

func parseOrigins(list []string, parse func(string) (string, error)) (Origins, error) {
	origins := Origins{}
	for _, entry := range list {
		if entry = strings.TrimSpace(entry); entry == "" {
			continue
		}
		whole := entry
		if !strings.HasSuffix(entry, "//") {
			whole = strings.TrimSuffix(entry, "/")
		}
		origin, err := parse(whole)
		if err != nil {
			return nil, fmt.Errorf("%q is not an origin: %w", entry, err)
		}
		origins[origin] = struct{}{}
	}
	return origins, nil
}

// wildcard stands for a star while the rest of an origin is parsed.
const wildcard = "hallway-wildcard"

// parseWildcard parses an origin whose first label may be a star.
func parseWildcard(entry string) (string, error) {
	scheme, host, found := strings.Cut(entry, "://*.")
	if !found || strings.Contains(host, "*") {
		return parseOrigin(entry)
	}
	name, _, _ := strings.Cut(host, ":")
	if !strings.Contains(strings.Trim(name, "."), ".") && !strings.EqualFold(name, "localhost") {
		return "", errors.New("it is too wide: a star may stand before a name such as example.org")
	}
	origin, err := parseOrigin(scheme + "://" + wildcard + "." + host)
	if err != nil {
		return "", errors.New(strings.Replace(err.Error(), wildcard, "*", 1))
	}
	return strings.Replace(origin, wildcard, "*", 1), nil
}

// parseOrigin parses one origin and returns it in the form that browsers send.
func parseOrigin(entry string) (string, error) {
	const looks = "one looks like https://app.example.org or http://localhost:5173"
	scheme, _, found := strings.Cut(entry, "://")
	switch {
	case entry == "*":
		return "", errors.New("it would let in the pages of everybody; a star stands for one label, as in https://*.example.org")
	case strings.EqualFold(entry, "null"):
		return "", errors.New("sandboxed pages of anybody send it")
	case !found:
		return "", fmt.Errorf("it has no scheme, as https://%s has", entry)
	case strings.EqualFold(scheme, "ws"), strings.EqualFold(scheme, "wss"):
		return "", errors.New("it is the address of a WebSocket; the origin of a page begins with http:// or https://")
	case !strings.EqualFold(scheme, "http") && !strings.EqualFold(scheme, "https"):
		return "", errors.New("that of a page begins with http:// or https://")
	case strings.Contains(entry, "*"):
		return "", errors.New("a star may only stand for the first label of a name, as in https://*.example.org")
	}
	u, err := url.Parse(entry)
	switch {
	case err != nil || u.Hostname() == "":
		return "", errors.New(looks)
	case u.User != nil:
		return "", errors.New("it names a user; " + looks)
	case u.Path != "" || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || strings.HasSuffix(entry, "#"):
		return "", fmt.Errorf("it goes on behind the host; %s://%s is one", u.Scheme, u.Host)
	}
	host, err := canonicalHost(u.Hostname())
	if err != nil {
		return "", err
	}
	if port := u.Port(); port != "" || strings.HasSuffix(u.Host, ":") {
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 || strconv.FormatUint(n, 10) != port {
			return "", errors.New("its port is not a number from 1 to 65535")
		}
		host += ":" + port
	}
	return u.Scheme + "://" + dropDefaultPort(u.Scheme, host), nil
}

// canonicalHost returns the name of a host in the form that browsers send: in lower case, in ASCII, an address in its
// shortest form.
func canonicalHost(name string) (string, error) {
	if ip, err := netip.ParseAddr(name); err == nil && ip.Zone() == "" {
		if ip.Is6() {
			return "[" + ip.String() + "]", nil
		}
		return ip.String(), nil
	}
	ascii, err := idna.Lookup.ToASCII(strings.ToLower(name))
	if strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") == "" {
		ascii, err = strings.ToLower(name), nil // a name with an underscore, which browsers accept
	}
	last := ascii[strings.LastIndexByte(strings.TrimSuffix(ascii, "."), '.')+1:]
	numeric := last != "" && strings.Trim(last, "0123456789") == ""
	if err != nil || numeric || strings.HasPrefix(ascii, ".") || strings.Contains(ascii, "..") {
		return "", errors.New("its host has no valid name")
	}
	return ascii, nil
}

// lists reports whether the set contains an origin, split by splitOrigin.
func (o Origins) lists(scheme, host string) bool {
	if _, listed := o[scheme+"://"+host]; listed {
		return !strings.Contains(host, "*")
	}
	label, rest, found := strings.Cut(host, ".")
	_, listed := o[scheme+"://*."+rest]
	return found && listed && isLabel(label)
}

func isLabel(s string) bool {
	return s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-_") == ""
}
