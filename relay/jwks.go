package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"time"

	"hallway/relay/auth"
)

const (
	// jwksEvery is how often the key set is read anew.
	jwksEvery = 5 * time.Minute
	// jwksAtLeast is between two reads that tokens with unknown keys ask for.
	jwksAtLeast = 10 * time.Second
	// jwksTimeout is how long one read may take, the first included: a relay does
	// not wait longer for it before it serves.
	jwksTimeout = 5 * time.Second
	// jwksBytesMax is the most bytes of a key set.
	jwksBytesMax = 1 << 20
	// After a failed read the next one follows after jwksRetry, then twice as long
	// each time, up to jwksRetryMax. Keys that were read stay good meanwhile, for the
	// reader's maxAge.
	jwksRetry    = time.Second
	jwksRetryMax = time.Minute
	// jwksLeastAge is the least maxAge: an issuer may be away for a moment.
	jwksLeastAge = time.Minute
)

// A keyReader keeps a keeper's keys as they stand at a URL.
type keyReader struct {
	url    string
	keeper *auth.Keeper
	maxAge time.Duration // how long keys stay good without being read again
	log    *slog.Logger
	client *http.Client
	asked  chan struct{}  // a token named a key that is not known
	hangup chan os.Signal // the operator wants it read
}

// checkKeysURL refuses a URL that is none of keys: those that come over plain HTTP
// could be anybody's, unless they come from this machine.
func checkKeysURL(rawURL string) error {
	u, err := url.Parse(rawURL)
	if err != nil || u.Host == "" || u.Scheme != "https" && (u.Scheme != "http" || !loopback(u.Hostname())) {
		return errors.New("--jwks-url must be an https URL, or http of a loopback address")
	}
	return nil
}

func newKeyReader(rawURL string, maxAge time.Duration, keeper *auth.Keeper, log *slog.Logger) (*keyReader, error) {
	if err := checkKeysURL(rawURL); err != nil {
		return nil, err
	}
	r := &keyReader{
		url: rawURL, maxAge: maxAge, keeper: keeper, log: log, asked: make(chan struct{}, 1), hangup: make(chan os.Signal, 1),
		client: &http.Client{
			Timeout: jwksTimeout,
			CheckRedirect: func(*http.Request, []*http.Request) error {
				return errors.New("a redirection is not followed")
			},
		},
	}
	keeper.OnUnknownKey(func() {
		select {
		case r.asked <- struct{}{}:
		default:
		}
	})
	return r, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// run reads the keys again and again, until ctx ends. started is closed after
// the first try.
func (r *keyReader) run(ctx context.Context, started chan<- struct{}) {
	failures := 0
	var last time.Time // when the keys in use were read; zero: there are none
	for first := true; ctx.Err() == nil; first = false {
		wait := min(jwksEvery, r.maxAge/2)
		err := r.read(ctx)
		switch {
		case err == nil:
			failures, last = 0, time.Now()
		case errors.Is(err, auth.ErrNoneUsable):
			failures, last = 0, time.Now()
			r.log.Error("no token of the key set is good", "error", err)
		case ctx.Err() == nil:
			wait = min(jwksRetry<<min(failures, 10), jwksRetryMax)
			failures++
			last, wait = r.outage(last, wait, err)
		}
		if first {
			close(started)
		}
		r.wait(ctx, wait)
	}
}

// outage takes a failed read. Keys that were read last too long ago count no more: an
// outage must not keep alive what the issuer may have taken out.
func (r *keyReader) outage(last time.Time, wait time.Duration, err error) (time.Time, time.Duration) {
	if last.IsZero() {
		r.log.Warn("the key set cannot be read; no key is known", "error", err, "next_try", wait)
		return last, wait
	}
	left := r.maxAge - time.Since(last)
	if left <= 0 {
		r.keeper.ForgetKeys()
		r.log.Error("the key set could not be read for too long: its tokens are refused until it can be", "error", err, "longest", r.maxAge, "next_try", wait)
		return time.Time{}, wait
	}
	wait = min(wait, left)
	r.log.Warn("the key set cannot be read; keys that are known stay good", "error", err, "next_try", wait, "at_most", left.Round(time.Second))
	return last, wait
}

// wait waits, less where a key is asked for or the operator wants it.
func (r *keyReader) wait(ctx context.Context, d time.Duration) {
	least := time.NewTimer(min(d, jwksAtLeast))
	defer least.Stop()
	most := time.NewTimer(d)
	defer most.Stop()
	select {
	case <-least.C:
	case <-r.hangup:
		return
	case <-ctx.Done():
		return
	}
	select {
	case <-most.C:
	case <-r.asked:
	case <-r.hangup:
	case <-ctx.Done():
	}
}

func (r *keyReader) read(ctx context.Context) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, r.url, nil)
	if err != nil {
		return err
	}
	request.Header.Set("Accept", "application/jwk-set+json, application/json")
	response, err := r.client.Do(request)
	var failed *url.Error
	if errors.As(err, &failed) {
		return failed.Err // without the URL, which may hold a key
	}
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("the answer is %s", response.Status)
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, jwksBytesMax+1))
	if err != nil {
		return err
	}
	if len(body) > jwksBytesMax {
		return fmt.Errorf("the answer is longer than %d bytes", jwksBytesMax)
	}
	return r.keeper.ChangeKeys(body)
}
