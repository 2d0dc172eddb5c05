package auth_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"hallway/protocol"
	"hallway/relay/auth"
)

const secret = "0123456789abcdef0123456789abcdef"

var now = time.Unix(1_800_000_000, 0)

func keeper(t testing.TB) *auth.Keeper {
	t.Helper()
	k, err := auth.NewKeeper([]byte(secret))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// sign returns a token with any payload and method, good or bad.
func sign(t testing.TB, method jwt.SigningMethod, header map[string]any, payload string) string {
	t.Helper()
	var claims jwt.MapClaims
	if err := json.Unmarshal([]byte(payload), &claims); err != nil {
		t.Fatal(err)
	}
	token := jwt.NewWithClaims(method, claims)
	for k, v := range header {
		token.Header[k] = v
	}
	var key any = []byte(secret)
	if method == jwt.SigningMethodNone {
		key = jwt.UnsafeAllowNoneSignatureType
	}
	s, err := token.SignedString(key)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func hs256(t testing.TB, payload string) string {
	return sign(t, jwt.SigningMethodHS256, nil, payload)
}

func TestVerifyAccepts(t *testing.T) {
	type grant struct {
		room string
		role protocol.Role // "": the room is not opened
	}
	tests := []struct {
		name, payload string
		user          protocol.User
		expires       int64
		grants        []grant
	}{
		{
			"the least", `{"sub":"u1","exp":1800000100}`,
			protocol.User{ID: "u1", Role: protocol.RoleParticipant}, 1800000110,
			[]grant{{"lobby", ""}},
		},
		{
			"names, patterns and objects; the first match counts",
			`{"sub":"u1","name":"Ada","exp":1800000100.75,"role":"moderator","extra":[{}],
			  "rooms":["lobby",{"room":"hall-?","role":"organizer"},{"room":"hall-*"},{"room":"x","role":null},"hall-2"]}`,
			protocol.User{ID: "u1", Name: "Ada", Role: protocol.RoleModerator}, 1800000110,
			[]grant{{"lobby", "moderator"}, {"hall-2", "organizer"}, {"hall-22", "moderator"}, {"x", "moderator"}, {"Lobby", ""}, {"lobby2", ""}},
		},
		{
			"all rooms, times within the leeway",
			`{"sub":"u1","exp":1799999991,"nbf":1800000010,"iat":1800000010,"rooms":["*"]}`,
			protocol.User{ID: "u1", Role: protocol.RoleParticipant}, 1800000001,
			[]grant{{"a", "participant"}, {"a.b:c~d-e_f", "participant"}},
		},
		{
			"null stands for absent", `{"sub":"u1","exp":1800000100,"name":null,"role":null,"rooms":null}`,
			protocol.User{ID: "u1", Role: protocol.RoleParticipant}, 1800000110,
			[]grant{{"lobby", ""}},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			who, err := keeper(t).Verify(now, hs256(t, test.payload))
			if err != nil {
				t.Fatal(err)
			}
			if who.User != test.user || who.Expires.Unix() != test.expires {
				t.Errorf("got %+v until %d, want %+v until %d", who.User, who.Expires.Unix(), test.user, test.expires)
			}
			for _, g := range test.grants {
				role, ok := who.Grants.Role(g.room)
				if role != g.role || ok != (g.role != "") {
					t.Errorf("room %s: role %q, %v; want %q", g.room, role, ok, g.role)
				}
			}
		})
	}
}

func TestVerifyRefuses(t *testing.T) {
	good := `{"sub":"u1","exp":1800000100,"rooms":["*"]}`
	signed := hs256(t, good)
	long := func(n int) string { return strings.Repeat("x", n) }
	tests := []struct{ name, token, want string }{
		{"nothing", "", "malformed"},
		{"no JWT", "a.b", "malformed"},
		{"four parts", signed + ".x", "malformed"},
		{"no JSON", "e30.eA.eA", "malformed"},
		{"no object", "e30.W10.eA", "malformed"},
		{"alg none", sign(t, jwt.SigningMethodNone, nil, good), "signature"},
		{"alg HS384", sign(t, jwt.SigningMethodHS384, nil, good), "signature"},
		{"alg HS512", sign(t, jwt.SigningMethodHS512, nil, good), "signature"},
		{"alg in lower case", sign(t, jwt.SigningMethodHS256, map[string]any{"alg": "hs256"}, good), "algorithm"},
		{"crit", sign(t, jwt.SigningMethodHS256, map[string]any{"crit": []string{"b64"}}, good), "header"},
		{"signature cut", signed[:len(signed)-4], "signature"},
		{"no signature", signed[:strings.LastIndexByte(signed, '.')+1], "signature"},
		{"expired", hs256(t, `{"sub":"u1","exp":1799999990}`), "expired"},
		{"no exp", hs256(t, `{"sub":"u1"}`), "exp is missing"},
		{"exp null", hs256(t, `{"sub":"u1","exp":null}`), "not valid"},
		{"exp a string", hs256(t, `{"sub":"u1","exp":"1800000100"}`), "not valid"},
		{"exp in another case", hs256(t, `{"sub":"u1","EXP":1800000100}`), "exp is missing"},
		{"exp in milliseconds", hs256(t, `{"sub":"u1","exp":1800000100000}`), "no time in seconds"},
		{"nbf ahead", hs256(t, `{"sub":"u1","exp":1800000100,"nbf":1800000011}`), "not valid yet"},
		{"nbf beyond integers", hs256(t, `{"sub":"u1","exp":1800000100,"nbf":1e300}`), ""},
		{"iat ahead", hs256(t, `{"sub":"u1","exp":1800000100,"iat":1800000011}`), "issued in the future"},
		{"no sub", hs256(t, `{"exp":1800000100}`), "sub is missing"},
		{"empty sub", hs256(t, `{"sub":"","exp":1800000100}`), "sub is missing"},
		{"sub in another case", hs256(t, `{"Sub":"u1","exp":1800000100}`), "sub is missing"},
		{"sub a number", hs256(t, `{"sub":1,"exp":1800000100}`), "sub is not a string"},
		{"sub too long", hs256(t, `{"sub":"`+long(auth.SubBytesMax+1)+`","exp":1800000100}`), "claim sub"},
		{"sub with a control character", hs256(t, `{"sub":"u\n1","exp":1800000100}`), "claim sub"},
		{"name a list", hs256(t, `{"sub":"u1","name":["A"],"exp":1800000100}`), "claim name"},
		{"unknown role", hs256(t, `{"sub":"u1","role":"admin","exp":1800000100}`), "claim role"},
		{"empty role", hs256(t, `{"sub":"u1","role":"","exp":1800000100}`), "claim role"},
		{"role a list", hs256(t, `{"sub":"u1","role":["organizer"],"exp":1800000100}`), "claim role"},
		{"rooms a string", hs256(t, `{"sub":"u1","rooms":"*","exp":1800000100}`), "claim rooms"},
		{"an entry a number", hs256(t, `{"sub":"u1","rooms":[1],"exp":1800000100}`), "claim rooms"},
		{"an entry without room", hs256(t, `{"sub":"u1","rooms":[{"role":"organizer"}],"exp":1800000100}`), "claim rooms"},
		{"an entry with an unknown role", hs256(t, `{"sub":"u1","rooms":[{"room":"a","role":"king"}],"exp":1800000100}`), "claim rooms"},
		{"an empty entry", hs256(t, `{"sub":"u1","rooms":[""],"exp":1800000100}`), "claim rooms"},
		{"an entry too long", hs256(t, `{"sub":"u1","rooms":["`+long(129)+`"],"exp":1800000100}`), "claim rooms"},
		{"too many entries", hs256(t, `{"sub":"u1","rooms":["a"`+strings.Repeat(`,"a"`, auth.RoomEntriesMax)+`],"exp":1800000100}`), "claim rooms"},
		{"too long", hs256(t, `{"sub":"u1","x":"`+long(auth.TokenBytesMax)+`","exp":1800000100}`), "longer than"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			who, err := keeper(t).Verify(now, test.token)
			if err == nil {
				t.Fatalf("accepted as %+v", who)
			}
			if !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %q, want %q in it", err, test.want)
			}
			for part := range strings.SplitSeq(test.token, ".") {
				if len(part) > 8 && strings.Contains(err.Error(), part) {
					t.Errorf("the error %q shows the token", err)
				}
			}
		})
	}
}

func TestVerifyRefusesAnotherSecret(t *testing.T) {
	other, err := auth.NewKeeper([]byte(strings.Repeat("z", auth.SecretBytesMin)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.Verify(now, hs256(t, `{"sub":"u1","exp":1800000100}`)); err == nil {
		t.Error("a token of another secret was accepted")
	}
}

func TestIssuedTokensPass(t *testing.T) {
	k := keeper(t)
	token, err := k.Issue(auth.Claims{
		Sub: "u1", Name: "Ada", Role: protocol.RoleOrganizer,
		Rooms: auth.Rooms{{Pattern: "hall-*", Role: protocol.RoleModerator}},
	}, now.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	who, err := k.Verify(now, token)
	if err != nil {
		t.Fatal(err)
	}
	if want := (protocol.User{ID: "u1", Name: "Ada", Role: protocol.RoleOrganizer}); who.User != want {
		t.Errorf("user %+v, want %+v", who.User, want)
	}
	if role, ok := who.Grants.Role("hall-7"); !ok || role != protocol.RoleModerator {
		t.Errorf("role %q, %v", role, ok)
	}
	if _, err := k.Verify(now.Add(time.Hour+auth.Leeway-time.Second), token); err != nil {
		t.Errorf("within the leeway: %v", err)
	}
	if _, err := k.Verify(now.Add(time.Hour+auth.Leeway), token); err == nil {
		t.Error("accepted after the leeway")
	}
}

func TestIssueRefusesInvalidClaims(t *testing.T) {
	for _, c := range []auth.Claims{
		{Role: protocol.RoleParticipant},
		{Sub: "u1"},
		{Sub: "u1", Role: "king"},
		{Sub: "u\x00", Role: protocol.RoleParticipant},
		{Sub: "u1", Role: protocol.RoleParticipant, Rooms: auth.Rooms{{Pattern: "", Role: protocol.RoleParticipant}}},
		{Sub: "u1", Role: protocol.RoleParticipant, Rooms: auth.Rooms{{Pattern: "a"}}},
	} {
		if token, err := keeper(t).Issue(c, now); err == nil {
			t.Errorf("%+v: issued %s", c, token)
		}
	}
}

func TestNewKeeperRefusesAShortSecret(t *testing.T) {
	_, err := auth.NewKeeper([]byte(secret[1:]))
	if err == nil || strings.Contains(err.Error(), secret[1:]) {
		t.Errorf("error %v", err)
	}
}

// FuzzVerify searches for a panic, and for an identity out of bounds.
func FuzzVerify(f *testing.F) {
	f.Add(hs256(f, `{"sub":"u1","exp":1800000100,"rooms":["*",{"room":"a","role":"organizer"}]}`), "")
	f.Add("e30.e30.", `{"sub":"u1","exp":1800000100}`)
	f.Add("", `{"sub":"u1","name":"A","exp":1e99,"rooms":[{}]}`)
	k, err := auth.NewKeeper([]byte(secret))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, token, payload string) {
		if json.Valid([]byte(payload)) && strings.HasPrefix(payload, "{") {
			token = hs256(t, payload)
		}
		who, err := k.Verify(now, token)
		if err != nil {
			return
		}
		u := who.User
		if u.ID == "" || len(u.ID) > auth.SubBytesMax || len(u.Name) > auth.NameBytesMax || !u.Role.Valid() || !who.Expires.After(now) {
			t.Errorf("accepted %+v until %v", u, who.Expires)
		}
		if role, ok := who.Grants.Role("lobby"); ok && !role.Valid() {
			t.Errorf("granted %q", role)
		}
	})
}
