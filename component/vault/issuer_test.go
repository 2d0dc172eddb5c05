package vault_test

import (
	"context"
	"testing"
	"time"

	"hallway/component/client"
	"hallway/component/vault"
	"hallway/e2ee/native"
	"hallway/protocol"
)

// TestBadHosts checks the error of each mistake of the host.
func TestBadHosts(t *testing.T) {
	i := newIssuer()
	for name, c := range map[string]struct {
		change func(o *vault.Options)
		want   string
	}{
		"no getDevice":   {func(o *vault.Options) { o.GetDevice = nil }, vault.ErrNoCert.Error()},
		"another user's": {func(o *vault.Options) { o.GetDevice = options(i, "u_eve", "organizer", native.New(nil)).GetDevice }, vault.ErrCert.Error()},
		"another issuer's": {func(o *vault.Options) {
			o.GetDevice = options(newIssuer(), "u_ada", "organizer", native.New(nil)).GetDevice
		}, vault.ErrCert.Error()},
		"no keys": {func(o *vault.Options) {
			o.IssuerKeys = func(context.Context) ([]byte, error) { return nil, context.DeadlineExceeded }
		}, "the issuer's keys cannot be read: " + context.DeadlineExceeded.Error()},
	} {
		o := options(i, "u_ada", "organizer", native.New(nil))
		c.change(&o)
		if _, err := vault.New(o).Do(t.Context(), client.OpenDevice{User: "u_ada"}); err == nil || err.Error() != c.want {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestNewKeyOfTheIssuer checks that the issuer's keys are read again, but at most once a minute.
func TestNewKeyOfTheIssuer(t *testing.T) {
	i := newIssuer()
	at, reads := now, 0
	o := options(i, "u_ada", "organizer", native.New(nil))
	o.Now = func() time.Time { return at }
	o.IssuerKeys = func(context.Context) ([]byte, error) { reads++; return i.keySet(), nil }
	ada := &party{Vault: vault.New(o), t: t}
	ada.opened = do[client.DeviceOpened](ada, client.OpenDevice{User: "u_ada"})
	*i = *newIssuer()
	ben := newParty(t, i, "u_ben", "participant", native.New(nil))
	check := func() string {
		return do[client.DevicesChecked](ada, client.CheckDevices{Devices: []protocol.Device{ben.opened.Device}}).Certs[0].User
	}
	if user := check(); user != "" || reads != 1 {
		t.Errorf("at once: %q after %d reads", user, reads)
	}
	at = at.Add(time.Minute)
	if user := check(); user != "u_ben" || reads != 2 {
		t.Errorf("a minute later: %q after %d reads", user, reads)
	}
}

// TestAWithdrawnKeyOfTheIssuer checks that a certificate by a withdrawn key is refused after an hour, and that the old keys stay valid
// while the key set cannot be read.
func TestAWithdrawnKeyOfTheIssuer(t *testing.T) {
	i := newIssuer()
	at, set, down := now, i.keySet(), false
	o := options(i, "u_ada", "organizer", native.New(nil))
	o.Now = func() time.Time { return at }
	o.IssuerKeys = func(context.Context) ([]byte, error) {
		if down {
			return nil, context.DeadlineExceeded
		}
		return set, nil
	}
	ada := &party{Vault: vault.New(o), t: t}
	ada.opened = do[client.DeviceOpened](ada, client.OpenDevice{User: "u_ada"})
	ghost := newParty(t, i, "u_eve", "participant", native.New(nil))
	check := func() string {
		return do[client.DevicesChecked](ada, client.CheckDevices{Devices: []protocol.Device{ghost.opened.Device}}).Certs[0].User
	}
	if user := check(); user != "u_eve" {
		t.Fatalf("before: %q", user)
	}
	set, down = newIssuer().keySet(), true
	at = at.Add(time.Hour)
	if user := check(); user != "u_eve" {
		t.Errorf("without the issuer: %q", user)
	}
	down = false
	at = at.Add(time.Hour)
	if user := check(); user != "" {
		t.Errorf("a device with a certificate by a withdrawn key is good: %q", user)
	}
}
