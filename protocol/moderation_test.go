package protocol

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

func wantRefusal(t *testing.T, what string, err error, code Code) {
	t.Helper()
	var refusal *FrameError
	if !errors.As(err, &refusal) || refusal.NotProtocol || refusal.Code != code {
		t.Errorf("%.80s: %v, want %s", what, err, code)
	}
}

func TestDecodeModeration(t *testing.T) {
	long := strings.Repeat("ß", ReasonBytesMax/2)
	for _, frame := range []string{
		`{"type":"moderate","room":"lobby","act":"mute","user":"u","for_ms":1,"reason":"` + long + `"}`,
		`{"type":"moderate","room":"lobby","act":"ban","user":"u","for_ms":315360000000,"reason":"a\n\tb"}`,
		`{"type":"moderate","room":"lobby","act":"ban","user":"` + strings.Repeat("u", UserBytesMax) + `","for_ms":null,"reason":""}`,
		`{"type":"moderate","room":"lobby","act":"unban","user":"u","for_ms":"of no use here"}`,
		`{"type":"report","room":"lobby","id":"` + testID + `","reason":"` + long + `"}`,
		`{"type":"settings","room":"lobby","slow_mode_s":3600}`,
		`{"type":"settings","room":"lobby","slow_mode_s":0,"frozen":false}`,
	} {
		if _, err := DecodeClient([]byte(frame), testLimits); err != nil {
			t.Errorf("%.80s: %v", frame, err)
		}
	}
	for frame, code := range map[string]Code{
		`{"type":"moderate","room":"lobby","act":"mute"}`:                                           CodeBadRequest,
		`{"type":"moderate","room":"lobby","user":"u"}`:                                             CodeBadRequest,
		`{"type":"moderate","act":"mute","user":"u"}`:                                               CodeBadRequest,
		`{"type":"moderate","room":"lobby","act":"hug","user":"u"}`:                                 CodeBadRequest,
		`{"type":"moderate","room":"lobby","act":"mute","user":""}`:                                 CodeBadRequest,
		`{"type":"moderate","room":"lobby","act":"mute","user":"a\u0000"}`:                          CodeBadRequest,
		`{"type":"moderate","room":"lobby","act":"mute","user":"` + strings.Repeat("u", 129) + `"}`: CodeBadRequest,
		`{"type":"moderate","room":"lobby","act":"mute","user":"u","for_ms":0}`:                     CodeBadRequest,
		`{"type":"moderate","room":"lobby","act":"mute","user":"u","for_ms":315360000001}`:          CodeBadRequest,
		`{"type":"moderate","room":"lobby","act":"mute","user":"u","for_ms":1.5}`:                   CodeBadRequest,
		`{"type":"moderate","room":"lobby","act":"mute","user":"u","reason":1}`:                     CodeBadRequest,
		`{"type":"moderate","room":"lobby","act":"mute","user":"u","reason":"\u0007"}`:              CodeBadRequest,
		`{"type":"moderate","room":"lobby","act":"mute","user":"u","reason":"` + long + `x"}`:       CodeTooLarge,
		`{"type":"report","room":"lobby","id":"` + testID + `"}`:                                    CodeBadRequest,
		`{"type":"report","room":"lobby","id":"` + testID + `","reason":" \n"}`:                     CodeBadRequest,
		`{"type":"report","room":"lobby","id":"41","reason":"x"}`:                                   CodeBadRequest,
		`{"type":"report","room":"lobby","id":"` + testID + `","reason":"` + long + `x"}`:           CodeTooLarge,
		`{"type":"settings","room":"lobby"}`:                                                        CodeBadRequest,
		`{"type":"settings","room":"lobby","slow_mode_s":null}`:                                     CodeBadRequest,
		`{"type":"settings","room":"lobby","slow_mode_s":-1}`:                                       CodeBadRequest,
		`{"type":"settings","room":"lobby","slow_mode_s":3601}`:                                     CodeBadRequest,
		`{"type":"settings","room":"lobby","frozen":1}`:                                             CodeBadRequest,
	} {
		_, err := DecodeClient([]byte(frame), testLimits)
		wantRefusal(t, frame, err, code)
	}
}

// TestAReasonOfWhiteSpaceIsNone checks a frame and a body.
func TestAReasonOfWhiteSpaceIsNone(t *testing.T) {
	for reason, want := range map[string]string{"": "", " ": "", "\n\t\u00a0\u3000": "", " rude\n": " rude\n"} {
		quoted := `"reason":` + string(appendString(nil, reason))
		frame, err := DecodeClient([]byte(`{"type":"moderate","room":"lobby","act":"mute","user":"u",`+quoted+`}`), testLimits)
		if m, ok := frame.(Moderate); err != nil || !ok || m.Reason != want {
			t.Errorf("%q in a frame: %+v, %v", reason, frame, err)
		}
		if m, err := DecodeSanction([]byte(`{`+quoted+`}`), "lobby", ActMute, "u"); err != nil || m.Reason != want {
			t.Errorf("%q in a body: %+v, %v", reason, m, err)
		}
		_, ofFrame := DecodeClient([]byte(`{"type":"report","room":"lobby","id":"`+testID+`",`+quoted+`}`), testLimits)
		r, ofBody := DecodeReport([]byte(`{`+quoted+`}`), "lobby", testID)
		if want != "" {
			if ofFrame != nil || ofBody != nil || r.Reason != want {
				t.Errorf("%q of a report: %+v, %v, %v", reason, r, ofFrame, ofBody)
			}
			continue
		}
		wantRefusal(t, quoted, ofFrame, CodeBadRequest)
		wantRefusal(t, quoted, ofBody, CodeBadRequest)
	}
}

func TestARefusalNamesItsFrameWhereItMust(t *testing.T) {
	for frame, want := range map[string]string{
		`{"type":"moderate","room":"lobby"}`: "moderate", `{"type":"report","room":"lobby"}`: "report",
		`{"type":"settings","room":"lobby"}`: "settings", `{"type":"send","room":"lobby"}`: "", `{"type":"dance"}`: "",
	} {
		_, err := DecodeClient([]byte(frame), testLimits)
		var refusal *FrameError
		if !errors.As(err, &refusal) || refusal.Frame().Of != want {
			t.Errorf("%s: %+v", frame, err)
		}
	}
}

func TestDecodeBodiesOfModeration(t *testing.T) {
	for body, want := range map[string]Moderate{
		``:                              {},
		`{}`:                            {},
		`{"for_s":null,"state":[1]}`:    {},
		`{"for_s":600,"reason":"loud"}`: {ForMs: 600_000, Reason: "loud"},
		`{"for_s":315360000}`:           {ForMs: SanctionMsMax},
	} {
		want.Room, want.Act, want.User = "lobby", ActMute, "u"
		if got, err := DecodeSanction([]byte(body), "lobby", ActMute, "u"); err != nil || got != want {
			t.Errorf("%s: %+v, %v", body, got, err)
		}
	}
	for body, code := range map[string]Code{
		`{"for_s":0}`: CodeBadRequest, `{"for_s":315360001}`: CodeBadRequest, `{"for_s":"1"}`: CodeBadRequest,
		`{"reason":[]}`: CodeBadRequest, `{"reason":"` + strings.Repeat("x", 501) + `"}`: CodeTooLarge, `{"for_s":1,"for_s":2}`: CodeBadRequest,
	} {
		_, err := DecodeSanction([]byte(body), "lobby", ActMute, "u")
		wantRefusal(t, body, err, code)
	}
	for body, want := range map[string]ReportState{`{"state":"resolved"}`: ReportResolved, `{"state":"dismissed","x":1}`: ReportDismissed} {
		if got, err := DecodeResolve([]byte(body)); err != nil || got != want {
			t.Errorf("%s: %q, %v", body, got, err)
		}
	}
	for _, body := range []string{`{}`, `{"state":"open"}`, `{"state":null}`, `{"state":1}`} {
		_, err := DecodeResolve([]byte(body))
		wantRefusal(t, body, err, CodeBadRequest)
	}
}

func TestSettingsOfARoom(t *testing.T) {
	for settings, want := range map[string]RoomSettings{
		``: {}, `{}`: {}, `{"frozen":null,"a":{"frozen":true}}`: {},
		`{"slow_mode_s":3600,"frozen":true,"retention_s":60,"archived":true}`: {SlowModeS: 3600, Frozen: true, RetentionS: 60, Archived: true},
		`{"members":"staff"}`: {MembersStaff: true}, `{"members":"all"}`: {}, `{"members":null}`: {},
		`{"members":"staff","members_only":"all"}`: {MembersStaff: true},
	} {
		if got, err := ReadSettings(settings); err != nil || got != want {
			t.Errorf("%s: %+v, %v", settings, got, err)
		}
	}
	for _, settings := range []string{
		`{"frozen":true,"members":"some"}`, `{"frozen":true,"members":""}`, `{"frozen":true,"members":"Staff"}`,
		`{"frozen":true,"members":["staff"]}`, `{"members":true,"frozen":true}`, `{"frozen":true,"members":0}`,
		`{"slow_mode_s":-1,"frozen":true}`, `{"frozen":true,"slow_mode_s":"1"}`, `{"frozen":true,"retention_s":59}`,
		`{"archived":0,"frozen":true}`,
	} {
		if got, err := ReadSettings(settings); err == nil || got != (RoomSettings{Frozen: true}) {
			t.Errorf("%s: %+v, %v", settings, got, err)
		}
		_, err := DecodeConfigure([]byte(`{"settings":` + settings + `}`))
		wantRefusal(t, settings, err, CodeBadRequest)
	}
}

func TestAdjustKeepsOtherSettings(t *testing.T) {
	slow, frozen := int64(10), true
	both := Adjust{SlowModeS: &slow, Frozen: &frozen}
	for settings, want := range map[string]string{
		``:                `{"slow_mode_s":10,"frozen":true}`,
		`{ }`:             `{ "slow_mode_s":10,"frozen":true}`,
		`{ "a" : [ 1 ] }`: `{ "a" : [ 1 ] ,"slow_mode_s":10,"frozen":true}`,
		`{"frozen" : null , "slow_mode_s":` + "\n" + `5}`: `{"frozen" : true , "slow_mode_s":` + "\n" + `10}`,
		`{"a":{"frozen":1},"frozen":false}`:               `{"a":{"frozen":1},"frozen":true,"slow_mode_s":10}`,
	} {
		if got := both.Apply(settings); got != want {
			t.Errorf("%s becomes %s, want %s", settings, got, want)
		}
		if got := (Adjust{}).Apply(settings); settings != "" && got != settings {
			t.Errorf("%s becomes %s", settings, got)
		}
	}
}

func TestReportsComeBack(t *testing.T) {
	reports := []ReportEntry{
		{N: 7, ID: testID, By: User{ID: "u_1", Name: "Ben"}, Reason: "<rude> \n", At: 1_700_000_000_000_000, State: ReportOpen},
		{N: 2, ID: testID, By: User{ID: "u_2", Name: "Cy"}, Reason: "spam", At: 1, State: ReportDismissed, ClosedBy: "u_3", ClosedAt: 2},
	}
	for _, more := range []bool{false, true} {
		got, gotMore, err := DecodeReports(AppendReports(nil, reports, more))
		if err != nil || gotMore != more || !slices.Equal(got, reports) {
			t.Errorf("got %+v, %v, %v", got, gotMore, err)
		}
	}
	for _, bad := range []string{"", "[]", `{"reports":[{}]}`, `{"reports":[{"n":1}]}`, `{"reports":{}}`, `{"reports":[]}x`} {
		if _, _, err := DecodeReports([]byte(bad)); err == nil {
			t.Errorf("%s is taken for reports", bad)
		}
	}
}
