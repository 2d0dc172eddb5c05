package auth_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"hallway/protocol"
	"hallway/relay/auth"
	"hallway/relay/hub"
)

// The tests follow the sections of RFC 8725 (JSON Web Token Best Current Practices).

var b64 = base64.RawURLEncoding.EncodeToString

// compact returns a token with any header and payload, byte by byte.
func compact(header, payload string, sign func(text string) []byte) string {
	text := b64([]byte(header)) + "." + b64([]byte(payload))
	return text + "." + b64(sign(text))
}

func hmacWith(key []byte) func(string) []byte {
	return func(text string) []byte {
		m := hmac.New(sha256.New, key)
		m.Write([]byte(text))
		return m.Sum(nil)
	}
}

func signedBy(s signer) func(string) []byte {
	return func(text string) []byte { return must(s.method.Sign(text, s.private)) }
}

const payload = `{"sub":"u1","exp":1800000100,"rooms":["*"]}`

// whyOf returns the reason of a token's refusal; "" if it is accepted.
func whyOf(t *testing.T, k *auth.Keeper, token string) protocol.Why {
	t.Helper()
	who, err := k.Verify(now, token)
	if err == nil {
		if who.User.ID == "" || who.Key == nil {
			t.Errorf("accepted without a user or a key: %+v", who)
		}
		return ""
	}
	e := hub.AsTokenError(err)
	if e.Why == "" || e.Reason == "" {
		t.Errorf("refused without a reason: %+v", e)
	}
	for part := range strings.SplitSeq(token, ".") {
		if len(part) > 8 && strings.Contains(e.Reason, part) {
			t.Errorf("the reason shows the token: %s", e.Reason)
		}
	}
	return e.Why
}

// both returns a keeper with a secret and a key of each algorithm.
func both(t *testing.T) *auth.Keeper {
	t.Helper()
	k := keeper(t)
	if err := k.ChangeKeys(jwks(t, signers()...)); err != nil {
		t.Fatal(err)
	}
	return k
}

// TestUntrustedHeaders checks sections 3.10 and 3.11: the keeper ignores keys in a token and their addresses, and
// refuses a token that needs an extension (crit) or is of another type.
func TestUntrustedHeaders(t *testing.T) {
	k := both(t)
	stranger := signer{"mine", jwt.SigningMethodEdDSA, must(ed25519PrivateKey()), ""}
	for name, member := range map[string]string{
		"jwk": `"jwk":` + stranger.jwk(t), "jku": `"jku":"https://evil.example/keys"`, "x5u": `"x5u":"https://evil.example/c"`,
		"x5c": `"x5c":["AAAA"]`, "x5t": `"x5t":"AAAA"`,
	} {
		if why := whyOf(t, k, compact(`{"alg":"EdDSA",`+member+`}`, payload, signedBy(stranger))); why != protocol.WhySignature {
			t.Errorf("%s of a stranger: %q", name, why)
		}
		if why := whyOf(t, k, compact(`{"alg":"HS256",`+member+`}`, payload, hmacWith([]byte(secret)))); why != "" {
			t.Errorf("%s beside a good signature: %q", name, why)
		}
	}
	for crit, why := range map[string]protocol.Why{
		`["b64"],"b64":false`: protocol.WhyAlgorithm, `["exp"]`: protocol.WhyAlgorithm, `[]`: protocol.WhyAlgorithm, `null`: protocol.WhyAlgorithm, `"x"`: protocol.WhyAlgorithm,
	} {
		if got := whyOf(t, k, compact(`{"alg":"HS256","crit":`+crit+`}`, payload, hmacWith([]byte(secret)))); got != why {
			t.Errorf("crit %s: %q", crit, got)
		}
	}
	for typ, why := range map[string]protocol.Why{
		`"JWT"`: "", `"jwt"`: "", `"Jwt"`: "", `"at+jwt"`: "", `"AT+JWT"`: "", `"application/jwt"`: "", `"Application/AT+JWT"`: "", `"application/at+jwt"`: "",
		`"logout+jwt"`: protocol.WhyType, `"hallway-device+jwt"`: protocol.WhyType, `"application/hallway-device+jwt"`: protocol.WhyType,
		`"secevent+jwt"`: protocol.WhyType, `"dpop+jwt"`: protocol.WhyType, `"id_token+jwt"`: protocol.WhyType, `"JOSE"`: protocol.WhyType, `"at+jwt;x=1"`: protocol.WhyType,
		`"JWT "`: protocol.WhyType, `""`: protocol.WhyType, `null`: protocol.WhyType, `1`: protocol.WhyType, `["JWT"]`: protocol.WhyType, `{}`: protocol.WhyType,
		`"application/application/jwt"`: protocol.WhyType,
	} {
		if got := whyOf(t, k, compact(`{"alg":"HS256","typ":`+typ+`}`, payload, hmacWith([]byte(secret)))); got != why {
			t.Errorf("typ %s: %q, want %q", typ, got, why)
		}
	}
}

// TestAmbiguousTokens checks section 3.7, and RFC 7519, section 4: an ambiguous token is refused before any of it is
// used.
func TestAmbiguousTokens(t *testing.T) {
	k := both(t)
	good := func(header, payload string) string { return compact(header, payload, hmacWith([]byte(secret))) }
	whole := good(`{"alg":"HS256"}`, payload)
	dot := strings.IndexByte(whole, '.')
	// The last character of a signature of 32 bytes has two unused bits.
	last := whole[len(whole)-1]
	alphabet := "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	loose := whole[:len(whole)-1] + string(alphabet[strings.IndexByte(alphabet, last)|1])
	for name, token := range map[string]string{
		"sub twice":                 good(`{"alg":"HS256"}`, `{"sub":"u1","sub":"admin","exp":1800000100}`),
		"sub twice, by an escape":   good(`{"alg":"HS256"}`, `{"sub":"u1","\u0073ub":"admin","exp":1800000100}`),
		"exp twice":                 good(`{"alg":"HS256"}`, `{"sub":"u1","exp":1,"exp":1800000100}`),
		"alg twice":                 good(`{"alg":"none","alg":"HS256"}`, payload),
		"a member of a room twice":  good(`{"alg":"HS256"}`, `{"sub":"u1","exp":1800000100,"rooms":[{"room":"a","room":"*"}]}`),
		"deep":                      good(`{"alg":"HS256"}`, `{"sub":"u1","exp":1800000100,"x":`+strings.Repeat("[", 500)+strings.Repeat("]", 500)+`}`),
		"not UTF-8":                 good(`{"alg":"HS256"}`, "{\"sub\":\"u\xff\",\"exp\":1800000100}"),
		"two values":                good(`{"alg":"HS256"}`, payload+`{}`),
		"a list":                    good(`{"alg":"HS256"}`, `["sub"]`),
		"null":                      good(`{"alg":"HS256"}`, `null`),
		"a header that is a list":   good(`["HS256"]`, payload),
		"a header that is null":     good(`null`, payload),
		"nothing":                   good(``, ``),
		"padded":                    whole + "=",
		"padded parts":              base64.URLEncoding.EncodeToString([]byte(`{"alg": "HS256"}`)) + whole[dot:],
		"standard base64":           strings.Replace(good(`{"alg":"HS256","x":"???>>>~~~"}`, payload), "_", "/", 1),
		"a line break":              whole[:dot+5] + "\n" + whole[dot+5:],
		"a carriage return":         whole + "\r",
		"bits that mean nothing":    loose,
		"a space in front":          " " + whole,
		"five parts, as encryption": whole + "..",
		"two parts":                 whole[:strings.LastIndexByte(whole, '.')],
		"JSON serialization":        `{"payload":"e30","signatures":[]}`,
		"huge":                      good(`{"alg":"HS256"}`, `{"sub":"u1","exp":1800000100,"x":"`+strings.Repeat("x", 1<<20)+`"}`),
		"a huge kid":                good(`{"alg":"HS256","kid":"`+strings.Repeat("k", auth.TokenBytesMax)+`"}`, payload),
		"many dots":                 strings.Repeat(".", auth.TokenBytesMax),
	} {
		if why := whyOf(t, k, token); why != protocol.WhyMalformed {
			t.Errorf("%s: %q", name, why)
		}
	}
}

// TestClaimsAreOfTheirTypes checks that the refusal names the wrong claim.
func TestClaimsAreOfTheirTypes(t *testing.T) {
	k := both(t)
	for claims, want := range map[string]string{
		`"exp":"1800000100"`: "exp", `"exp":true`: "exp", `"exp":null`: "exp", `"exp":[1800000100]`: "exp", `"exp":-1`: "exp", `"exp":1e300`: "exp", `"exp":1800000100000`: "exp",
		`"exp":1800000100,"nbf":"soon"`: "nbf", `"exp":1800000100,"nbf":-5`: "nbf", `"exp":1800000100,"nbf":{}`: "nbf",
		`"exp":1800000100,"iat":"now"`: "iat", `"exp":1800000100,"iat":false`: "iat", `"exp":1800000100,"iat":1e18`: "iat",
		`"exp":1800000100,"iss":7`: "iss", `"exp":1800000100,"iss":["a"]`: "iss",
		`"exp":1800000100,"aud":7`: "aud", `"exp":1800000100,"aud":{"a":1}`: "aud", `"exp":1800000100,"aud":["a",7]`: "aud",
		`"exp":1800000100,"rooms":"lobby"`: "rooms", `"exp":1800000100,"rooms":{"room":"lobby"}`: "rooms", `"exp":1800000100,"rooms":[["lobby"]]`: "rooms",
		`"exp":1800000100,"role":"\ud800"`: "role", `"exp":1800000100,"role":"admin"`: "role", `"exp":1800000100,"name":{}`: "name",
	} {
		_, err := k.Verify(now, compact(`{"alg":"HS256"}`, `{"sub":"u1",`+claims+`}`, hmacWith([]byte(secret))))
		if err == nil {
			t.Errorf("%s: accepted", claims)
			continue
		}
		if e := hub.AsTokenError(err); e.Why != protocol.WhyClaims || !strings.Contains(e.Reason, "claim "+want) {
			t.Errorf("%s: %q, %q", claims, e.Why, e.Reason)
		}
	}
	// Half a character in a cut name is harmless, but not in an id.
	if why := whyOf(t, k, compact(`{"alg":"HS256"}`, `{"sub":"u1","name":"Ada \ud83d","exp":1800000100}`, hmacWith([]byte(secret)))); why != "" {
		t.Errorf("half a character in the name: %q", why)
	}
	if why := whyOf(t, k, compact(`{"alg":"HS256"}`, `{"sub":"u\ud800","exp":1800000100}`, hmacWith([]byte(secret)))); why != protocol.WhyClaims {
		t.Errorf("half a character in sub: %q", why)
	}
	if why := whyOf(t, k, compact(`{"alg":"HS256"}`, `{"exp":1800000100}`, hmacWith([]byte(secret)))); why != protocol.WhyClaims {
		t.Errorf("no sub: %q", why)
	}
	for claims, why := range map[string]protocol.Why{
		`"exp":1`: protocol.WhyExpired, `"exp":0`: protocol.WhyExpired, `"exp":1799999989.5`: protocol.WhyExpired, `"exp":1800000100,"nbf":1800000011`: protocol.WhyEarly, `"exp":1800000100,"iat":1800000011`: protocol.WhyEarly,
		`"exp":1800000100,"nbf":0,"iat":0`: "", `"exp":1800000100,"iss":null,"aud":null`: "", `"exp":1800000100,"iss":"any","aud":["a"]`: "", `"exp":1800000100,"aud":[]`: "",
	} {
		if got := whyOf(t, k, compact(`{"alg":"HS256"}`, `{"sub":"u1",`+claims+`}`, hmacWith([]byte(secret)))); got != why {
			t.Errorf("%s: %q, want %q", claims, got, why)
		}
	}
}

// TestDemands checks sections 3.8 and 3.9, and the longest lifetime of a token.
func TestDemands(t *testing.T) {
	const day = 24 * time.Hour
	all := auth.Demands{Issuer: "https://issuer.example", Audience: "hallway", TTL: day}
	for _, test := range []struct {
		demands auth.Demands
		claims  string
		why     protocol.Why
	}{
		{auth.Demands{}, `"exp":253402300799`, ""},
		{auth.Demands{TTL: day}, `"exp":1800086410`, ""}, // the leeway
		{auth.Demands{TTL: day}, `"exp":1800086411`, protocol.WhyTTL},
		{auth.Demands{TTL: day}, `"exp":253402300799`, protocol.WhyTTL},
		{auth.Demands{TTL: day}, `"exp":1800086411,"nbf":1800000000,"iat":1800000005`, protocol.WhyTTL},
		{auth.Demands{TTL: time.Minute}, `"exp":1800000071`, protocol.WhyTTL},
		{auth.Demands{Audience: "hallway"}, `"exp":1800000100`, protocol.WhyAudience},
		{auth.Demands{Audience: "hallway"}, `"exp":1800000100,"aud":null`, protocol.WhyAudience},
		{auth.Demands{Audience: "hallway"}, `"exp":1800000100,"aud":""`, protocol.WhyAudience},
		{auth.Demands{Audience: "hallway"}, `"exp":1800000100,"aud":[]`, protocol.WhyAudience},
		{auth.Demands{Audience: "hallway"}, `"exp":1800000100,"aud":[""]`, protocol.WhyAudience},
		{auth.Demands{Audience: "hallway"}, `"exp":1800000100,"aud":"shop"`, protocol.WhyAudience},
		{auth.Demands{Audience: "hallway"}, `"exp":1800000100,"aud":"Hallway"`, protocol.WhyAudience},
		{auth.Demands{Audience: "hallway"}, `"exp":1800000100,"aud":"hallway/"`, protocol.WhyAudience},
		{auth.Demands{Audience: "hallway"}, `"exp":1800000100,"aud":["shop","bank"]`, protocol.WhyAudience},
		{auth.Demands{Audience: "hallway"}, `"exp":1800000100,"aud":"hallway"`, ""},
		{auth.Demands{Audience: "hallway"}, `"exp":1800000100,"aud":["shop","hallway"]`, ""},
		{auth.Demands{Issuer: "https://issuer.example"}, `"exp":1800000100`, protocol.WhyIssuer},
		{auth.Demands{Issuer: "https://issuer.example"}, `"exp":1800000100,"iss":null`, protocol.WhyIssuer},
		{auth.Demands{Issuer: "https://issuer.example"}, `"exp":1800000100,"iss":""`, protocol.WhyIssuer},
		{auth.Demands{Issuer: "https://issuer.example"}, `"exp":1800000100,"iss":"https://issuer.example/"`, protocol.WhyIssuer},
		{auth.Demands{Issuer: "https://issuer.example"}, `"exp":1800000100,"iss":"https://issuer.example"`, ""},
		{all, `"exp":1800000100,"iss":"https://issuer.example","aud":"shop"`, protocol.WhyAudience},
		{all, `"exp":1800000100,"aud":"hallway"`, protocol.WhyIssuer},
		{all, `"exp":1800000100,"iss":"https://issuer.example","aud":"hallway"`, ""},
		{all, `"exp":1799000000,"iss":"other","aud":"shop"`, protocol.WhyExpired},
	} {
		k := keeper(t)
		k.Demand(test.demands)
		if got := whyOf(t, k, hs256(t, `{"sub":"u1",`+test.claims+`}`)); got != test.why {
			t.Errorf("%+v of %s: %q, want %q", test.demands, test.claims, got, test.why)
		}
	}
	k := keeper(t)
	k.Demand(all)
	token := must(k.Issue(auth.Claims{Sub: "u1", Role: protocol.RoleParticipant}, now.Add(k.CapTTL(48*time.Hour))))
	if why := whyOf(t, k, token); why != "" {
		t.Errorf("what the keeper itself made: %q", why)
	}
	if _, err := k.Verify(now, hs256(t, `{"sub":"u1","exp":1800100000,"iss":"https://issuer.example","aud":"hallway"}`)); err == nil || !strings.Contains(err.Error(), "24h ahead (--token-max-ttl)") {
		t.Errorf("the reason does not name the limit: %v", err)
	}
}
