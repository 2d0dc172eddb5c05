package protocol

import (
	"reflect"
	"strconv"
	"strings"
	"testing"
)

// TestMentionsOfAClient checks that mentions lie on whole characters of the stored text, ascending and without overlap.
func TestMentionsOfAClient(t *testing.T) {
	send := func(text, mentions string) string {
		return `{"type":"send","room":"lobby","id":"` + testID + `","text":` + strconv.Quote(text) + `,"mentions":` + mentions + `}`
	}
	list := func(n int) string {
		var all []string
		for i := range n {
			all = append(all, `{"at":`+strconv.Itoa(i)+`,"len":1,"user":"u"}`)
		}
		return "[" + strings.Join(all, ",") + "]"
	}
	for _, frame := range []string{
		send("@Ada", `[{"at":0,"len":4,"user":"u_3"}]`),
		send("@Ada", `[{"at":0,"len":4,"user":"u_3","all":false,"new":[{}]}]`),
		send("@Ada", `null`),
		send("@Ada", `[]`),
		send("@Ada@Bo", `[{"at":0,"len":4,"user":"u_3"},{"at":4,"len":3,"all":true}]`),
		send("é👍é", `[{"at":2,"len":4,"user":"u_3"}]`),
		send("a\r\n@Ada", `[{"at":2,"len":4,"user":"u_3"}]`), // the break is stored as one byte
		send(strings.Repeat("x", MentionsMax), list(MentionsMax)),
		send("x", `[{"at":0,"len":1,"user":"`+strings.Repeat("u", UserBytesMax)+`"}]`),
	} {
		if _, err := DecodeClient([]byte(frame), testLimits); err != nil {
			t.Errorf("%s: %v", frame, err)
		}
	}
	for _, frame := range []string{
		send("@Ada", `{}`),
		send("@Ada", `[1]`),
		send("@Ada", `[null]`),
		send("@Ada", `[[]]`),
		send("@Ada", `[{}]`),
		send("@Ada", `[{"at":0,"len":4}]`),
		send("@Ada", `[{"len":4,"user":"u_3"}]`),
		send("@Ada", `[{"at":0,"user":"u_3"}]`),
		send("@Ada", `[{"at":0,"len":0,"user":"u_3"}]`),
		send("@Ada", `[{"at":0,"len":-1,"user":"u_3"}]`),
		send("@Ada", `[{"at":-1,"len":4,"user":"u_3"}]`),
		send("@Ada", `[{"at":null,"len":4,"user":"u_3"}]`),
		send("@Ada", `[{"at":"0","len":4,"user":"u_3"}]`),
		send("@Ada", `[{"at":0.5,"len":4,"user":"u_3"}]`),
		send("@Ada", `[{"at":0,"len":5,"user":"u_3"}]`),
		send("@Ada", `[{"at":9007199254740991,"len":9007199254740991,"user":"u_3"}]`),
		send("@Ada", `[{"at":0,"len":4,"user":""}]`),
		send("@Ada", `[{"at":0,"len":4,"user":3}]`),
		send("@Ada", `[{"at":0,"len":4,"user":"a\n"}]`),
		send("@Ada", `[{"at":0,"len":4,"user":"`+strings.Repeat("u", UserBytesMax+1)+`"}]`),
		send("@Ada", `[{"at":0,"len":4,"user":"u_3","all":true}]`),
		send("@Ada", `[{"at":0,"len":4,"all":false}]`),
		send("@Ada", `[{"at":0,"len":4,"all":"yes"}]`),
		send("@Ada", `[{"at":0,"len":4,"user":"u_3","user":"u_4"}]`),
		send("@Ada@Bo", `[{"at":4,"len":3,"user":"u_4"},{"at":0,"len":4,"user":"u_3"}]`), // descending
		send("@Ada@Bo", `[{"at":0,"len":5,"user":"u_3"},{"at":4,"len":3,"user":"u_4"}]`), // overlapping
		send("é@Ada", `[{"at":1,"len":4,"user":"u_3"}]`),
		send("@Adé", `[{"at":0,"len":4,"user":"u_3"}]`),
		send("a\r\n@Ada", `[{"at":3,"len":4,"user":"u_3"}]`),
		send(strings.Repeat("x", MentionsMax+1), list(MentionsMax+1)),
		`{"type":"send","room":"lobby","id":"` + testID + `","mentions":[{"at":0,"len":1,"user":"u"}],"encrypted":{"alg":"A256GCM","kid":"k1","iv":"AAECAwQFBgcICQoL","ct":"c2VjcmV0"}}`,
	} {
		_, err := DecodeClient([]byte(frame), testLimits)
		wantRefusal(t, frame, err, CodeBadRequest)
	}
}

// TestMentionsOfALaterRelay checks that a client accepts mentions of unknown kinds.
func TestMentionsOfALaterRelay(t *testing.T) {
	page, err := DecodePage([]byte(`{"messages":[{"room":"a","id":"i","seq":1,"rev":1,"sender":{"id":"u","name":"","role":"participant"},` +
		`"created_at":"2026-11-23T09:15:04.123456Z","text":"@staff","mentions":[{"at":0,"len":6,"role":"moderator"}]}],"epoch":"e","head":1,"more":false}`))
	if want := []Mention{{Len: 6}}; err != nil || !reflect.DeepEqual(page.Messages[0].Mentions, want) {
		t.Errorf("%+v, %v", page.Messages, err)
	}
}

// TestMentions checks the functions that ask for a message's mentions.
func TestMentions(t *testing.T) {
	ada, all := []Mention{{Len: 1, User: "ada"}}, []Mention{{Len: 1, User: "ada"}, {At: 1, Len: 1, All: true}}
	if MentionsAll(nil) || MentionsAll(ada) || !MentionsAll(all) {
		t.Error("MentionsAll")
	}
	for text, has := range map[string]bool{`"mentions":[`: false, "x": true} {
		m := Message{Text: text}
		if has {
			m.Mentions = ada
		}
		if got := FrameMentions(Changed{Message: m}.Append(nil)); got != has {
			t.Errorf("FrameMentions of %q: %t", text, got)
		}
	}
	if MentionsUser(nil, "ada") || !MentionsUser(ada, "ada") || MentionsUser(ada, "bo") || !MentionsUser(all, "bo") {
		t.Error("MentionsUser")
	}
}
