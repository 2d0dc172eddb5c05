package auth_test

import (
	"strings"
	"testing"

	"github.com/golang-jwt/jwt/v5"

	"hallway/relay/auth"
	"hallway/relay/hub"
)

// keyOf returns the key that signed a token, which must be good.
func keyOf(t *testing.T, k *auth.Keeper, token string) *hub.TokenKey {
	t.Helper()
	who, err := k.Verify(now, token)
	if err != nil || who.Key == nil {
		t.Fatalf("key %v, %v", who.Key, err)
	}
	return who.Key
}

// TestSecretsAreWithdrawn checks that the previous secret stays good until the next change, and that changing back and
// forth withdraws nothing.
func TestSecretsAreWithdrawn(t *testing.T) {
	all := []string{secret, strings.Repeat("2", 32), strings.Repeat("3", 32)}
	token := func(i int) string {
		return must(must(auth.NewKeeper([]byte(all[i]))).Issue(auth.Claims{Sub: "u1", Role: "participant"}, now))
	}
	k := keeper(t)
	change := func(i int) {
		t.Helper()
		if err := k.ChangeSecret([]byte(all[i])); err != nil {
			t.Fatal(err)
		}
	}
	first := keyOf(t, k, token(0))
	change(1)
	second := keyOf(t, k, token(1))
	if first == second || keyOf(t, k, token(0)) != first || first.Withdrawn() {
		t.Error("after the first change the secret before does not stand")
	}
	change(1)
	change(0)
	change(1)
	if first.Withdrawn() || second.Withdrawn() || keyOf(t, k, token(0)) != first || keyOf(t, k, token(1)) != second {
		t.Error("a change back and forth has withdrawn a secret, or made it another")
	}
	change(2)
	if !first.Withdrawn() || second.Withdrawn() || keyOf(t, k, token(2)).Withdrawn() {
		t.Error("the second change does not withdraw the first secret alone")
	}
	// A withdrawn secret may be used again; its earlier sessions stay ended.
	change(0)
	if again := keyOf(t, k, token(0)); again == first || again.Withdrawn() || !first.Withdrawn() || !second.Withdrawn() {
		t.Error("a secret that comes again does not begin anew")
	}
}

// TestKeysAreWithdrawn checks that keys are withdrawn when a set lacks them, and when no set could be read for too
// long.
func TestKeysAreWithdrawn(t *testing.T) {
	all := signers()
	k := auth.NewKeylessKeeper()
	k.OnUnknownKey(func() {})
	change := func(set []byte) {
		t.Helper()
		if err := k.ChangeKeys(set); err != nil {
			t.Fatal(err)
		}
	}
	change(jwks(t, all...))
	var keys []*hub.TokenKey
	for _, s := range all {
		keys = append(keys, keyOf(t, k, s.sign(t, s.kid)))
	}
	withdrawn := func(want ...bool) {
		t.Helper()
		for i, key := range keys {
			if key.Withdrawn() != want[i] {
				t.Errorf("%s: withdrawn %v, want %v", all[i].kid, key.Withdrawn(), want[i])
			}
		}
	}
	change(jwks(t, all[2], all[0], all[1], all[0])) // the same keys
	withdrawn(false, false, false)
	for i, s := range all {
		if keyOf(t, k, s.sign(t, "")) != keys[i] {
			t.Errorf("%s is another key after a set of the same ones", s.kid)
		}
	}
	change(jwks(t, all[0], all[2]))
	withdrawn(false, true, false)
	// Another key under a used name.
	change(jwks(t, signer{"ed", jwt.SigningMethodEdDSA, must(ed25519PrivateKey()), ""}, all[2]))
	withdrawn(true, true, false)
	if err := k.ChangeKeys([]byte("not a set")); err == nil {
		t.Error("taken")
	}
	withdrawn(true, true, false)
	k.ForgetKeys()
	withdrawn(true, true, true)
	if _, err := k.Verify(now, all[2].sign(t, "rs")); err != auth.ErrNoKeys { //nolint:errorlint // the error is exactly ErrNoKeys
		t.Error(err)
	}
	change(jwks(t, all[2]))
	if keyOf(t, k, all[2].sign(t, "rs")).Withdrawn() {
		t.Error("a key that is known again is withdrawn")
	}
}

// TestAKeySetThatIsAwaited checks that a secret does not make tokens of an expected key set count as forged.
func TestAKeySetThatIsAwaited(t *testing.T) {
	k := keeper(t)
	token := signers()[0].sign(t, "ed")
	if _, err := k.Verify(now, token); err == nil || err == auth.ErrNoKeys { //nolint:errorlint // as above
		t.Errorf("without a set: %v", err)
	}
	k.OnUnknownKey(func() {})
	if _, err := k.Verify(now, token); err != auth.ErrNoKeys { //nolint:errorlint // as above
		t.Errorf("before the set is read: %v", err)
	}
	keyOf(t, k, hs256(t, `{"sub":"u1","exp":1800000100}`))
}
