package protocol

import (
	"errors"
	"reflect"
	"strings"
	"testing"
)

func TestRoomsAsWritten(t *testing.T) {
	last := Message{Room: "lobby", ID: testID, Seq: 1, Rev: 2, Sender: User{ID: "u_1", Name: "Ada", Role: RoleOrganizer}, CreatedAt: 1, DeletedAt: 2}
	room := Room{
		Name: "lobby", Title: `"Doors"`, Head: 57, Unread: 3, Members: 12, Role: RoleModerator, Last: &last,
		Epoch: "k3v9", CreatedAt: 1795425304123456, Settings: "{ \"colour\" : \"<red>\"\n}",
	}
	tombstone := string(last.Append(nil))
	entry := `{"room":"lobby","title":"\"Doors\"","head":57,"unread":3,"members":12,"role":"moderator","last_message":` + tombstone
	for _, test := range []struct{ got, want string }{
		{string(room.Append(nil)), entry + `}`},
		{string(room.AppendWhole(nil)), entry + `,"epoch":"k3v9","created_at":"2026-11-23T09:15:04.123456Z","settings":{ "colour" : "<red>"` + "\n" + `}}`},
		{string(AppendRooms(nil, []Room{{Name: "a", Role: RoleParticipant}, {Name: "b", Role: RoleOrganizer}}, nil)),
			`{"rooms":[{"room":"a","head":0,"unread":0,"members":0,"role":"participant"},{"room":"b","head":0,"unread":0,"members":0,"role":"organizer"}]}`},
		{string(AppendRooms(nil, nil, nil)), `{"rooms":[]}`},
		{string(AppendRooms(nil, nil, new(bool))), `{"rooms":[],"more":false}`},
		{string((&Room{Name: "a", Role: RoleParticipant, Epoch: "e", CreatedAt: 1}).AppendWhole(nil)),
			`{"room":"a","head":0,"unread":0,"members":0,"role":"participant","epoch":"e","created_at":"1970-01-01T00:00:00.000001Z","settings":{}}`},
		{string(AppendMembers(nil, []RoomMember{{User: last.Sender, Read: 41, Online: true, JoinedAt: 1}}, nil)),
			`{"members":[{"user":{"id":"u_1","name":"Ada","role":"organizer"},"read":41,"online":true,"joined_at":"1970-01-01T00:00:00.000001Z"}]}`},
	} {
		if test.got != test.want {
			t.Errorf("written\n%s\nwant\n%s", test.got, test.want)
		}
	}
}

func TestDecodeConfigure(t *testing.T) {
	title := strings.Repeat("ß", TitleBytesMax/2)
	settings := `{"a":"` + strings.Repeat("x", SettingsBytesMax-8) + `"}`
	for body, want := range map[string]Configure{
		`{}`: {},
		`{"title":null,"settings":null,"x":[{}]}`:     {},
		`{"title":"` + title + `"}`:                   {Title: title},
		`{"settings": { "b":1, "a" : [ "\u00e4" ]} }`: {Settings: `{ "b":1, "a" : [ "\u00e4" ]}`},
		`{"title":"a","settings":` + settings + `}`:   {Title: "a", Settings: settings},
	} {
		if got, err := DecodeConfigure([]byte(body)); err != nil || got != want {
			t.Errorf("%.60s: %+v, %v", body, got, err)
		}
	}
	for body, want := range map[string]Code{
		``: CodeBadRequest, `[]`: CodeBadRequest, `{}{}`: CodeBadRequest, `{"title":1}`: CodeBadRequest,
		`{"settings":[]}`: CodeBadRequest, `{"settings":"{}"}`: CodeBadRequest, `{"settings":{"a":1,"a":2}}`: CodeBadRequest,
		`{"settings":{"a":}}`: CodeBadRequest, `{"title":"a","title":"b"}`: CodeBadRequest,
		`{"title":"a\nb"}`: CodeBadRequest, `{"title":"\ud800"}`: CodeBadRequest, "{\"title\":\"\xff\"}": CodeBadRequest,
		`{"settings":` + strings.Repeat(`{"a":`, DepthMax) + `1` + strings.Repeat(`}`, DepthMax) + `}`: CodeBadRequest,
		`{"title":"` + title + `x"}`: CodeTooLarge, `{"settings":` + settings[:len(settings)-2] + `x"}}`: CodeTooLarge,
	} {
		_, err := DecodeConfigure([]byte(body))
		var refusal *FrameError
		if !errors.As(err, &refusal) || refusal.Code != want {
			t.Errorf("%.60s: %v, want %s", body, err, want)
		}
	}
}

func TestDecodeEdit(t *testing.T) {
	got, err := DecodeEdit([]byte(`{"text":"new","room":"elsewhere","id":7,"type":[]}`), "lobby", testID, testLimits)
	if want := (Edit{Room: "lobby", ID: testID, Text: "new"}); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v", got, err)
	}
	for body, want := range map[string]Code{
		``: CodeBadRequest, `{}`: CodeBadRequest, `{"text":" "}`: CodeBadRequest,
		`{"text":"` + strings.Repeat("x", TextBytesMax+1) + `"}`: CodeTooLarge,
	} {
		_, err := DecodeEdit([]byte(body), "lobby", testID, testLimits)
		var refusal *FrameError
		if !errors.As(err, &refusal) || refusal.Code != want {
			t.Errorf("%.60s: %v, want %s", body, err, want)
		}
	}
}
