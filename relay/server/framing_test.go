package server_test

import (
	"bufio"
	"io"
	"net/http"
	"strings"
	"testing"

	"hallway/protocol"
)

// malformed are requests that RFC 9112 demands or allows to refuse.
var malformed = map[string]string{
	"lengths that differ":               post("Content-Length: 5\r\nContent-Length: 6\r\n"),
	"lengths in either case":            post("Content-Length: 6\r\ncontent-length: 6\r\n"),
	"a list of lengths":                 post("Content-Length: 5, 5\r\n"),
	"a length with a sign":              post("Content-Length: +5\r\n"),
	"a negative length":                 post("Content-Length: -5\r\n"),
	"a length in hex":                   post("Content-Length: 0x5\r\n"),
	"a length with a fraction":          post("Content-Length: 5.0\r\n"),
	"a length with a space within":      post("Content-Length: 1 0\r\n"),
	"an empty length":                   post("Content-Length:\r\n"),
	"a length beyond all numbers":       post("Content-Length: 18446744073709551621\r\n"),
	"a length and a coding":             post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"),
	"a coding and a length":             post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n"),
	"two codings":                       post("transfer-encoding: chunked\r\nTransfer-Encoding: identity\r\n"),
	"chunked twice":                     post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"),
	"a coding that is not known":        post("Transfer-Encoding: xchunked\r\n"),
	"a list of codings":                 post("Transfer-Encoding: gzip, chunked\r\n"),
	"chunked not last":                  post("Transfer-Encoding: chunked, identity\r\n"),
	"gzip, identity":                    post("Transfer-Encoding: gzip, identity\r\n"),
	"identity":                          post("Transfer-Encoding: identity\r\n"),
	"chunked in quotes":                 post("Transfer-Encoding: \"chunked\"\r\n"),
	"chunked with a parameter":          post("Transfer-Encoding: chunked;x=1\r\n"),
	"chunked behind a vertical tab":     post("Transfer-Encoding: \x0bchunked\r\n"),
	"an empty coding":                   post("Transfer-Encoding:\r\n"),
	"a coding in HTTP/1.0":              "POST /v1/rooms HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
	"a coding before a space":           post("Transfer-Encoding : chunked\r\n"),
	"a length before a tab":             post("Content-Length\t: 5\r\n"),
	"a space in a name":                 get("X Y: 1\r\n"),
	"a name that is none":               get("X(Y): 1\r\n"),
	"a name beyond ASCII":               get("X-\xc3\xa4: 1\r\n"),
	"no name":                           get(": 1\r\n"),
	"no colon":                          get("Accept\r\n"),
	"a NUL in a name":                   get("X\x00Y: 1\r\n"),
	"a NUL in a value":                  get("X: a\x00b\r\n"),
	"another control in a value":        get("X: a\x01b\r\n"),
	"a DEL in a value":                  get("X: a\x7fb\r\n"),
	"an escape in a value":              get("X: \x1b[31m\r\n"),
	"a CR in a value":                   get("X: a\rb\r\n"),
	"a CR before the end of a line":     get("X: a\r\r\n"),
	"a CR in place of the end of lines": "GET /healthz HTTP/1.1\rHost: x\r\r",
	"a value on two lines":              get("X: a\r\n b\r\n"),
	"a value on two lines, by a tab":    get("X: a\r\n\tb\r\n"),
	"a first line that goes on":         "GET /healthz HTTP/1.1\r\n Host: x\r\n\r\n",
	"a coding on two lines":             post("Transfer-Encoding:\r\n chunked\r\n"),
	"LF alone behind a header":          "GET /healthz HTTP/1.1\r\nHost: x\nX: y\r\n\r\n",
	"LF alone behind the request line":  "GET /healthz HTTP/1.1\nHost: x\r\n\r\n",
	"LF alone everywhere":               "GET /healthz HTTP/1.1\nHost: x\n\n",
	"LF alone behind the head":          "GET /healthz HTTP/1.1\r\nHost: x\r\n\n",
	"LF alone before the request":       "\nGET /healthz HTTP/1.1\r\nHost: x\r\n\r\n",
	"CR alone before the request":       "\rGET /healthz HTTP/1.1\r\nHost: x\r\n\r\n",
	"no Host":                           "GET /healthz HTTP/1.1\r\n\r\n",
	"no Host among others":              "GET /healthz HTTP/1.1\r\nX: y\r\n\r\n",
	"two Hosts":                         get("Host: x\r\n"),
	"two Hosts that differ":             get("Host: y\r\n"),
	"two Hosts in HTTP/1.0":             "GET /healthz HTTP/1.0\r\nHost: x\r\nHost: x\r\n\r\n",
	"an empty Host":                     host(""),
	"a Host with a path":                host("x/y"),
	"a Host with a user":                host("u@x"),
	"a Host with a space":               host("x y"),
	"two Hosts in one":                  host("x, y"),
	"a Host with a port that is none":   host("x:80a"),
	"a Host with two ports":             host("x:80:80"),
	"an address without brackets":       host("::1"),
	"an address in one bracket":         host("[::1"),
	"no address in brackets":            host("[x]"),
	"a Host of other than ASCII":        host("\xc3\xa4.example"),
	"a Host in quotes":                  host(`"x"`),
	"a Host with a fragment":            host("x#y"),
	"a very long Host":                  host(strings.Repeat("x", 300)),
	"no version":                        "GET /healthz\r\nHost: x\r\n\r\n",
	"HTTP/2.0":                          "GET /healthz HTTP/2.0\r\nHost: x\r\n\r\n",
	"the preface of HTTP/2":             "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
	"HTTP/0.9":                          "GET /healthz HTTP/0.9\r\nHost: x\r\n\r\n",
	"HTTP/1.2":                          "GET /healthz HTTP/1.2\r\nHost: x\r\n\r\n",
	"HTTP/1.10":                         "GET /healthz HTTP/1.10\r\nHost: x\r\n\r\n",
	"HTTP/1":                            "GET /healthz HTTP/1\r\nHost: x\r\n\r\n",
	"a version in lower case":           "GET /healthz http/1.1\r\nHost: x\r\n\r\n",
	"a version behind two spaces":       "GET /healthz  HTTP/1.1\r\nHost: x\r\n\r\n",
	"a space behind the version":        "GET /healthz HTTP/1.1 \r\nHost: x\r\n\r\n",
	"a tab before the version":          "GET /healthz\tHTTP/1.1\r\nHost: x\r\n\r\n",
	"a space in the target":             "GET /health z HTTP/1.1\r\nHost: x\r\n\r\n",
	"a space before the method":         " GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n",
	"two spaces behind the method":      "GET  /healthz HTTP/1.1\r\nHost: x\r\n\r\n",
	"no target":                         "GET HTTP/1.1\r\nHost: x\r\n\r\n",
	"a method that is none":             "GE(T /healthz HTTP/1.1\r\nHost: x\r\n\r\n",
	"a NUL in the method":               "GE\x00T /healthz HTTP/1.1\r\nHost: x\r\n\r\n",
	"no method":                         "/healthz HTTP/1.1\r\nHost: x\r\n\r\n",
	"a target without a slash":          "GET healthz HTTP/1.1\r\nHost: x\r\n\r\n",
	"a control in the target":           "GET /health\x01z HTTP/1.1\r\nHost: x\r\n\r\n",
	"a NUL in the target":               "GET /healthz\x00 HTTP/1.1\r\nHost: x\r\n\r\n",
	"a DEL in the target":               "GET /healthz\x7f HTTP/1.1\r\nHost: x\r\n\r\n",
	"a fragment in the target":          "GET /healthz#x HTTP/1.1\r\nHost: x\r\n\r\n",
	"a target for OPTIONS alone":        "GET * HTTP/1.1\r\nHost: x\r\n\r\n",
	"a target for CONNECT alone":        "GET x:80 HTTP/1.1\r\nHost: x:80\r\n\r\n",
	"CONNECT":                           "CONNECT x:80 HTTP/1.1\r\nHost: x:80\r\n\r\n",
	"a target of another scheme":        "GET ftp://x/healthz HTTP/1.1\r\nHost: x\r\n\r\n",
	"a target on another host":          "GET http://y/healthz HTTP/1.1\r\nHost: x\r\n\r\n",
	"a target on another port":          "GET http://x:81/healthz HTTP/1.1\r\nHost: x\r\n\r\n",
	"a target on no host":               "GET http:///healthz HTTP/1.1\r\nHost: x\r\n\r\n",
	"a target with a user":              "GET http://u@x/healthz HTTP/1.1\r\nHost: x\r\n\r\n",
	"a chunk without a size":            chunked("\r\nab\r\n0\r\n\r\n"),
	"a chunk with a size that is none":  chunked("g\r\nab\r\n0\r\n\r\n"),
	"a chunk with a negative size":      chunked("-2\r\nab\r\n0\r\n\r\n"),
	"a chunk with a sign":               chunked("+2\r\nab\r\n0\r\n\r\n"),
	"a chunk with 0x":                   chunked("0x2\r\nab\r\n0\r\n\r\n"),
	"a chunk with a space before":       chunked(" 2\r\nab\r\n0\r\n\r\n"),
	"a chunk with a space behind":       chunked("2 \r\nab\r\n0\r\n\r\n"),
	"a chunk with an underscore":        chunked("0_2\r\nab\r\n0\r\n\r\n"),
	"a chunk beyond all numbers":        chunked("ffffffffffffffff2\r\nab\r\n0\r\n\r\n"),
	"a chunk with many zeros":           chunked(strings.Repeat("0", 40) + "2\r\nab\r\n0\r\n\r\n"),
	"a chunk's size before LF alone":    chunked("2\nab\r\n0\r\n\r\n"),
	"a chunk's size before CR alone":    chunked("2\rab\r\n0\r\n\r\n"),
	"a chunk that is longer":            chunked("2\r\nabc\r\n0\r\n\r\n"),
	"a chunk that is shorter":           chunked("3\r\nab\r\n0\r\n\r\n"),
	"a chunk before LF alone":           chunked("2\r\nab\n0\r\n\r\n"),
	"LF alone in an extension":          chunked("2;x\nab\r\n0\r\n\r\n"),
	"CR alone in an extension":          chunked("2;x\ry\r\nab\r\n0\r\n\r\n"),
	"LF in a quoted extension":          chunked("2;x=\"\n\"\r\nab\r\n0\r\n\r\n"),
	"a NUL in an extension":             chunked("2;x\x00\r\nab\r\n0\r\n\r\n"),
	"an extension without end":          chunked("2;" + strings.Repeat("x", 5000)),
	"the last chunk before LF alone":    chunked("2\r\nab\r\n0\n\r\n"),
	"the trailers' end as LF alone":     chunked("2\r\nab\r\n0\r\n\n"),
	"a trailer before LF alone":         chunked("2\r\nab\r\n0\r\nX: y\n\r\n"),
	"a trailer on two lines":            chunked("2\r\nab\r\n0\r\nX: y\r\n z\r\n\r\n"),
	"a trailer with a NUL":              chunked("2\r\nab\r\n0\r\nX: \x00\r\n\r\n"),
	"a trailer without a colon":         chunked("2\r\nab\r\n0\r\nX\r\n\r\n"),
	"a trailer that is no name":         chunked("2\r\nab\r\n0\r\nX Y: z\r\n\r\n"),
	"a length in a trailer":             chunked("2\r\nab\r\n0\r\nContent-Length: 9\r\n\r\n"),
	"TLS":                               "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
}

// wellFormed are requests that get a usual answer, on a connection that stays open.
var wellFormed = map[string]string{
	"a plain request":              get(""),
	"an empty line before":         "\r\n" + get(""),
	"names in any case":            "GET /healthz HTTP/1.1\r\nhOST: x\r\n\r\n",
	"a Host with a port":           host("x.example:8080"),
	"a Host with an empty port":    host("x.example:"),
	"an address":                   host("127.0.0.1:80"),
	"an address of version 6":      host("[::1]:80"),
	"an address without a port":    host("[2001:db8::1]"),
	"a Host in Punycode":           host("xn--bcher-kva.example"),
	"a Host with an underscore":    host("my_relay"),
	"an empty value":               get("X:\r\n"),
	"no space behind a colon":      get("X:y\r\n"),
	"space around a value":         get("X: \t y \t \r\n"),
	"a tab within a value":         get("X: a\tb\r\n"),
	"UTF-8 in a value":             get("X: \xc3\xa4\r\n"),
	"a colon in a value":           get("X: a:b\r\n"),
	"every sign in a name":         get("!#$%&'*+-.^_`|~09AZaz: y\r\n"),
	"a header twice":               get("X: a\r\nX: b\r\n"),
	"a value of 4 KiB":             get("X: " + strings.Repeat("y", 4096) + "\r\n"),
	"a long name":                  get("Transfer-Encodings: gzip\r\n"),
	"an upgrade to another":        get("Connection: Upgrade\r\nUpgrade: h2c\r\n"),
	"trailers are welcome":         get("TE: trailers\r\n"),
	"a target with a query":        "GET /healthz?x=%20{}|^`\"<>\\ HTTP/1.1\r\nHost: x\r\n\r\n",
	"a target in absolute form":    "GET http://x/healthz HTTP/1.1\r\nHost: x\r\n\r\n",
	"the same in other case":       "GET HTTP://X/healthz HTTP/1.1\r\nHost: x\r\n\r\n",
	"the same with a query":        "GET http://x:80/healthz?a HTTP/1.1\r\nHost: x:80\r\n\r\n",
	"a body":                       body("Content-Length: 2\r\n\r\nab"),
	"a body of nothing":            body("Content-Length: 0\r\n\r\n"),
	"a length with zeros":          body("Content-Length: 002\r\n\r\nab"),
	"a length before space":        body("Content-Length: 2 \r\n\r\nab"),
	"a body that looks like one":   body("Content-Length: 7\r\n\r\nGET x\n\n"),
	"chunks":                       body("Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\nA\r\n0123456789\r\n0\r\n\r\n"),
	"chunks by another name":       body("Transfer-Encoding:  CHUNKED \r\n\r\n02\r\nab\r\n00\r\n\r\n"),
	"no chunk but the last":        body("Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
	"chunks that hold line ends":   body("Transfer-Encoding: chunked\r\n\r\n6\r\n\r\n0\r\n\r\r\n0\r\n\r\n"),
	"chunks with extensions":       body("Transfer-Encoding: chunked\r\n\r\n2;a;b=c;d=\"e f\"\r\nab\r\n0;z\r\n\r\n"),
	"chunks with a trailer":        body("Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\nX: y\r\nZ:\r\n\r\n"),
	"chunks as the server is told": body("Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n"),
}

func get(lines string) string {
	return "GET /healthz HTTP/1.1\r\nHost: x\r\n" + lines + "\r\n"
}

func host(host string) string { return "GET /healthz HTTP/1.1\r\nHost: " + host + "\r\n\r\n" }

func post(lines string) string {
	return "POST /v1/rooms/lobby/messages HTTP/1.1\r\nHost: x\r\n" + lines + "\r\n0\r\n\r\nx"
}

// body returns a request with a body to a route without one: the parsing must not depend on the route.
func body(rest string) string { return "GET /healthz HTTP/1.1\r\nHost: x\r\n" + rest }

func chunked(body string) string {
	return "POST /v1/rooms/lobby/messages HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + body
}

const (
	behind      = "GET /readyz HTTP/1.1\r\nHost: behind\r\n\r\n"
	behindRoute = "route=/readyz"
)

// TestMalformedRequests checks that each is refused, even after a good request, and that the bytes after it are not
// taken for another request.
func TestMalformedRequests(t *testing.T) {
	for name, request := range malformed {
		t.Run(name, func(t *testing.T) {
			s := start(t, nil)
			nc, r := s.dial(request + behind)
			refused(s, r, true)
			nc.Close()

			nc, r = s.dial(get("") + request + behind)
			if res := s.read(r, "GET"); res.StatusCode != 200 {
				t.Errorf("the good request before it: %d %s", res.StatusCode, res.body)
			}
			refused(s, r, true)
			nc.Close()
			s.end()
			if log := s.log.String(); strings.Contains(log, behindRoute) {
				t.Errorf("what came behind was taken for a request:\n%s", log)
			}
		})
	}
}

// refused checks the answer to a malformed request.
func refused(s *site, r *bufio.Reader, behindIt bool) {
	s.t.Helper()
	res := s.read(r, "POST")
	if p := s.wantProblem(res, 400, protocol.CodeBadRequest); p.Detail == "" {
		s.t.Errorf("no reason: %s", res.body)
	}
	if !res.Close {
		s.t.Error("the connection stays")
	}
	if rest, err := io.ReadAll(r); behindIt && (err != nil || len(rest) > 0) {
		s.t.Errorf("afterwards %q, %v", rest, err)
	}
}

// TestMalformedRequestsInPieces checks the same for bytes that arrive in pieces.
func TestMalformedRequestsInPieces(t *testing.T) {
	s := start(t, nil)
	for _, name := range []string{"LF alone behind a header", "a NUL in a value", "two Hosts", "LF alone in an extension", "LF alone before the request"} {
		nc, r := s.dial("")
		go func() {
			for _, c := range []byte(malformed[name] + behind) {
				if _, err := nc.Write([]byte{c}); err != nil {
					return // already refused
				}
			}
		}()
		refused(s, r, false)
		nc.Close()
	}
}

// TestWellFormedRequests checks that they and the requests after them are answered.
func TestWellFormedRequests(t *testing.T) {
	s := start(t, nil)
	for name, request := range wellFormed {
		t.Run(name, func(t *testing.T) {
			nc, r := s.dial(request + behind)
			defer nc.Close()
			for range 2 {
				res := s.read(r, "GET")
				if res.StatusCode == http.StatusContinue {
					res = s.read(r, "GET")
				}
				if res.StatusCode != 200 || res.Close {
					t.Errorf("%d, %s, close: %t", res.StatusCode, res.body, res.Close)
				}
			}
		})
	}
}

// TestOldRequests checks that requests of HTTP/1.0 need no Host, and end the connection.
func TestOldRequests(t *testing.T) {
	s := start(t, nil)
	for _, request := range []string{"GET /healthz HTTP/1.0\r\n\r\n", "GET http://x/healthz HTTP/1.0\r\n\r\n"} {
		nc, r := s.dial(request)
		if res := s.read(r, "GET"); res.StatusCode != 200 || !res.Close {
			t.Errorf("%q: %d, close: %t", request, res.StatusCode, res.Close)
		}
		nc.Close()
	}
}

// TestOptionsOfTheServer checks the only target without a path.
func TestOptionsOfTheServer(t *testing.T) {
	s := start(t, nil)
	nc, r := s.dial("OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n" + behind)
	defer nc.Close()
	if res := s.read(r, "OPTIONS"); res.StatusCode >= 500 || res.Close {
		t.Errorf("%d %s", res.StatusCode, res.body)
	}
	if res := s.read(r, "GET"); res.StatusCode != 200 {
		t.Errorf("behind it: %d", res.StatusCode)
	}
}

// TestTwoTokens checks that two tokens in a request are refused, because neither has precedence.
func TestTwoTokens(t *testing.T) {
	s := start(t, nil)
	good := "Bearer " + s.token("u1", "*")
	for _, both := range [][2]string{{good, good}, {good, "Bearer x"}, {"Bearer x", good}, {"", good}} {
		r := s.raw("GET", messagesPath, "", "Authorization", both[0], "Authorization", both[1])
		s.wantProblem(r, 401, protocol.CodeUnauthorized)
		if got := r.Header.Get("WWW-Authenticate"); got != "Bearer" {
			t.Errorf("WWW-Authenticate %q", got)
		}
	}
	for _, query := range []string{"?token=", "?access_token="} {
		r := s.ask("GET", "/v1/rooms"+query+strings.TrimPrefix(good, "Bearer "), "")
		s.wantProblem(r, 401, protocol.CodeUnauthorized)
	}
}
