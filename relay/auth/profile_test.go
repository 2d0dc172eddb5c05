package auth_test

import (
	"strings"
	"testing"

	"hallway/protocol"
)

// TestPictureAndTitle checks that wrong claims of these kinds are ignored, and the token is still good.
func TestPictureAndTitle(t *testing.T) {
	k := keeper(t)
	https := "https://example.org/"
	long := https + strings.Repeat("a", protocol.PictureBytesMax-len(https))
	for claim, want := range map[string]struct{ picture, title string }{
		`"picture":"https://example.org/a.png?b=c#d"`:             {picture: "https://example.org/a.png?b=c#d"},
		`"picture":"` + long + `"`:                                {picture: long},
		`"picture":"` + long + `a"`:                               {},
		`"picture":"http://example.org/a.png"`:                    {},
		`"picture":"https:///a.png"`:                              {},
		`"picture":"https://user:word@example.org/a.png"`:         {},
		`"picture":"javascript:alert(1)"`:                         {},
		`"picture":"//example.org/a.png"`:                         {},
		`"picture":"data:image/png;base64,AAAA"`:                  {},
		`"picture":"https://example.org/\u0000"`:                  {},
		`"picture":""`:                                            {},
		`"picture":1`:                                             {},
		`"picture":null,"title":null`:                             {},
		`"title":"Stage manager"`:                                 {title: "Stage manager"},
		`"title":" a\nb \u202e"`:                                  {title: "a b"},
		`"title":"` + strings.Repeat("ß", 50) + `"`:               {title: strings.Repeat("ß", 50)},
		`"title":"` + strings.Repeat("ß", 50) + `x"`:              {},
		`"title":["a"]`:                                           {},
		`"title":"x","picture":"https://example.org/","name":"N"`: {picture: "https://example.org/", title: "x"},
	} {
		who, err := k.Verify(now, compact(`{"alg":"HS256"}`, `{"sub":"u1","exp":1800000100,"rooms":["*"],`+claim+`}`, hmacWith([]byte(secret))))
		if err != nil || who.User.Picture != want.picture || who.User.Title != want.title {
			t.Errorf("%.80s: %+v, %v", claim, who.User, err)
		}
	}
}
