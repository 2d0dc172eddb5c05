package auth

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"time"
)

const (
	// pollEvery is the time between two reads of the key set.
	pollEvery = 5 * time.Minute
	// pollAtLeast is the least time between two reads because of tokens with unknown keys.
	pollAtLeast = 10 * time.Second
	// pollTimeout bounds a read. A starting relay waits for the first read before it serves.
	pollTimeout = 5 * time.Second
	// keySetBytesMax bounds the bytes of a key set.
	keySetBytesMax = 1 << 20
	// After a failed read the next one follows after pollRetry, then after twice that each time, up to pollRetryMax.
	// Meanwhile known keys stay good for the poller's maxAge.
	pollRetry    = time.Second
	pollRetryMax = time.Minute
	// KeysAgeLeast is the least maxAge of a poller, because an issuer may be down for a moment.
	KeysAgeLeast = time.Minute
)

// KeyPoller reads the key set at a URL periodically, and gives a keeper its keys.
type KeyPoller struct {
	url     string
	keeper  *Keeper
	maxAge  time.Duration // the time for which keys stay good without a successful read
	log     *slog.Logger
	client  *http.Client
	unknown chan struct{} // a token named an unknown key
	now     chan struct{} // the operator wants a read
}

// CheckKeysURL refuses URLs that key sets must not come from: over plain HTTP anybody could answer, unless the set
// comes from this machine.
func CheckKeysURL(rawURL string) error {
	u, err := url.Parse(rawURL)
	if err != nil || u.Host == "" || u.Scheme != "https" && (u.Scheme != "http" || !loopback(u.Hostname())) {
		return errors.New("--jwks-url must be an https URL, or http of a loopback address")
	}
	return nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// NewKeyPoller returns a poller that does not read yet.
func NewKeyPoller(rawURL string, maxAge time.Duration, keeper *Keeper, log *slog.Logger) (*KeyPoller, error) {
	if err := CheckKeysURL(rawURL); err != nil {
		return nil, err
	}
	p := &KeyPoller{
		url: rawURL, maxAge: maxAge, keeper: keeper, log: log, unknown: make(chan struct{}, 1), now: make(chan struct{}, 1),
		client: &http.Client{
			Timeout: pollTimeout,
			CheckRedirect: func(*http.Request, []*http.Request) error {
				return errors.New("it must not answer with a redirection")
			},
		},
	}
	keeper.OnUnknownKey(func() { poke(p.unknown) })
	return p, nil
}

// poke wakes the receiver of a channel that holds one value.
func poke(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// ReadNow makes the poller read the key set at once.
func (p *KeyPoller) ReadNow() { poke(p.now) }

// Run reads the keys periodically until ctx ends. It closes started after the first attempt.
func (p *KeyPoller) Run(ctx context.Context, started chan<- struct{}) {
	failures := 0
	var last time.Time // when the keys in use were read; zero: there are no keys
	for first := true; ctx.Err() == nil; first = false {
		wait := min(pollEvery, p.maxAge/2)
		err := p.read(ctx)
		switch {
		case err == nil:
			failures, last = 0, time.Now()
		case errors.Is(err, ErrNoneUsable):
			failures, last = 0, time.Now()
			p.log.Error("the key set has no key that can sign tokens", "error", err)
		case ctx.Err() == nil:
			wait = min(pollRetry<<min(failures, 10), pollRetryMax)
			failures++
			last, wait = p.failed(last, wait, err)
		}
		if first {
			close(started)
		}
		p.wait(ctx, wait)
	}
}

// failed handles a failed read. It forgets keys that were read too long ago: an outage must not keep a key in use that
// the issuer may have removed.
func (p *KeyPoller) failed(last time.Time, wait time.Duration, err error) (time.Time, time.Duration) {
	if last.IsZero() {
		p.log.Warn("the key set cannot be read; no key is known", "error", err, "next_try", wait)
		return last, wait
	}
	left := p.maxAge - time.Since(last)
	if left <= 0 {
		p.keeper.ForgetKeys()
		p.log.Error("the key set could not be read for too long: its tokens are refused until a read succeeds", "error", err, "longest", p.maxAge, "next_try", wait)
		return time.Time{}, wait
	}
	wait = min(wait, left)
	p.log.Warn("the key set cannot be read; keys that are known stay good", "error", err, "next_try", wait, "at_most", left.Round(time.Second))
	return last, wait
}

// wait waits for d, or until a token needs a key or the operator asks for a read.
func (p *KeyPoller) wait(ctx context.Context, d time.Duration) {
	least := time.NewTimer(min(d, pollAtLeast))
	defer least.Stop()
	most := time.NewTimer(d)
	defer most.Stop()
	select {
	case <-least.C:
	case <-p.now:
		return
	case <-ctx.Done():
		return
	}
	select {
	case <-most.C:
	case <-p.unknown:
	case <-p.now:
	case <-ctx.Done():
	}
}

func (p *KeyPoller) read(ctx context.Context) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, p.url, nil)
	if err != nil {
		return err
	}
	request.Header.Set("Accept", "application/jwk-set+json, application/json")
	response, err := p.client.Do(request)
	var failed *url.Error
	if errors.As(err, &failed) {
		return failed.Err // without the URL, which may contain a key
	}
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("the answer is %s", response.Status)
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, keySetBytesMax+1))
	if err != nil {
		return err
	}
	if len(body) > keySetBytesMax {
		return fmt.Errorf("the answer is longer than %d bytes", keySetBytesMax)
	}
	return p.keeper.ChangeKeys(body)
}
