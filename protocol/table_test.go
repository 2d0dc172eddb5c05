package protocol

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// goldenFiles returns the golden files of a type: TYPE.json and TYPE-*.json, the first of which must exist.
func goldenFiles(t *testing.T, dir, typ string) [][]byte {
	t.Helper()
	more, _ := filepath.Glob(filepath.Join("testdata", dir, typ+"-*.json"))
	var all [][]byte
	for _, path := range append([]string{filepath.Join("testdata", dir, typ+".json")}, more...) {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, bytes.TrimSpace(data))
	}
	return all
}

// TestEveryFrameIsListed checks that every frame type is in the decoder's list, under one name.
func TestEveryFrameIsListed(t *testing.T) {
	listed := map[string][]string{}
	for _, f := range clientFrames {
		frame, err := DecodeClient(goldenFiles(t, "client", f.typ)[0], testLimits)
		if err != nil {
			t.Errorf("%s: %v", f.typ, err)
		}
		listed["clientFrame"] = append(listed["clientFrame"], reflect.TypeOf(frame).Name())
	}
	for _, f := range relayFrames {
		frame, err := DecodeRelay(goldenFiles(t, "relay", f.typ)[0])
		if err != nil {
			t.Errorf("%s: %v", f.typ, err)
		}
		listed["relayFrame"] = append(listed["relayFrame"], reflect.TypeOf(frame).Name())
	}
	listed["relayFrame"] = append(listed["relayFrame"], "Unknown")
	have := map[string][]string{}
	files, _ := filepath.Glob("*.go")
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range file.Decls {
			f, ok := decl.(*ast.FuncDecl)
			if !ok || f.Recv == nil {
				continue
			}
			if of, ok := f.Recv.List[0].Type.(*ast.Ident); ok {
				have[f.Name.Name] = append(have[f.Name.Name], of.Name)
			}
		}
	}
	for _, side := range []string{"clientFrame", "relayFrame"} {
		slices.Sort(have[side])
		slices.Sort(listed[side])
		if !slices.Equal(have[side], listed[side]) {
			t.Errorf("%s: the types %v, listed %v", side, have[side], listed[side])
		}
	}
}

// leaves notes for each field below v whether it holds a value; an element of a list counts as its field.
func leaves(into map[string]bool, path string, v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			leaves(into, path+"."+v.Type().Field(i).Name, v.Field(i))
		}
	case reflect.Pointer:
		if v.IsNil() {
			v = reflect.New(v.Type().Elem())
		}
		leaves(into, path, v.Elem())
	case reflect.Slice:
		if v.Len() == 0 {
			v = reflect.MakeSlice(v.Type(), 1, 1)
		}
		for i := range v.Len() {
			leaves(into, path, v.Index(i))
		}
	default:
		into[path] = into[path] || !v.IsZero()
	}
}

// TestGoldenFilesHaveEveryField checks that every field of a frame, and of the relay's documents, has a value in a
// golden file. So it finds a field that no table names, or that no golden file shows.
func TestGoldenFilesHaveEveryField(t *testing.T) {
	check := func(name string, values []any, absent ...string) {
		fields := map[string]bool{}
		for _, value := range values {
			leaves(fields, "", reflect.ValueOf(value))
		}
		for path, has := range fields {
			if has == slices.Contains(absent, path) {
				t.Errorf("%s: %s has a value in a golden file: %v", name, path, has)
			}
		}
	}
	for _, f := range clientFrames {
		var values []any
		for _, data := range goldenFiles(t, "client", f.typ) {
			frame, err := DecodeClient(data, testLimits)
			if err != nil {
				t.Fatal(err)
			}
			values = append(values, frame)
		}
		check(f.typ, values)
	}
	for _, f := range relayFrames {
		var values []any
		for _, data := range goldenFiles(t, "relay", f.typ) {
			frame, err := DecodeRelay(data)
			if err != nil {
				t.Fatal(err)
			}
			values = append(values, frame)
		}
		absent := []string{".Message.Mine", ".Message.Sender.Title", ".By.Picture", ".By.Title"}
		if f.typ != "welcome" {
			absent = append(absent, ".User.Picture", ".User.Title")
		}
		check(f.typ, values, absent...)
	}
	documents := map[string][]any{}
	for typ, decode := range map[string]func([]byte) (any, error){
		"page":    func(data []byte) (any, error) { return DecodePage(data) },
		"problem": func(data []byte) (any, error) { return DecodeProblem(data) },
		"reports": func(data []byte) (any, error) {
			entries, more, err := DecodeReports(data)
			return reports{entries, more}, err
		},
		"turns": func(data []byte) (any, error) {
			page, more, err := DecodeTurns(data)
			return turns{page, more}, err
		},
		"devices": func(data []byte) (any, error) {
			devices, err := DecodeDevices(data)
			return devices, err
		},
	} {
		for _, data := range goldenFiles(t, "rest", typ) {
			value, err := decode(data)
			if err != nil {
				t.Fatal(err)
			}
			documents[typ] = append(documents[typ], value)
		}
		check(typ, documents[typ], ".entries.By.Role", ".entries.By.Picture", ".entries.By.Title", ".Messages.Sender.Title")
	}
}

// fill gives each field below v a value: a string its name, a number the next one, a list
// one element.
func fill(v reflect.Value, name string, n *int64) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), v.Type().Field(i).Name, n)
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), name, n)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0), name, n)
	case reflect.String:
		v.SetString(name)
	case reflect.Bool:
		v.SetBool(true)
	default:
		*n++
		v.SetInt(*n)
	}
}

func filled[T any]() T {
	var v T
	fill(reflect.ValueOf(&v).Elem(), "", new(int64))
	return v
}

// TestWrittenDocuments checks that documents that only the relay writes have a golden file with every field.
func TestWrittenDocuments(t *testing.T) {
	more, room, member, entry := true, filled[Room](), filled[RoomMember](), filled[AuditEntry]()
	room.Last.DeletedAt, room.Last.Encrypted, room.Settings = 0, nil, `{ "a": 1 }`
	member.UserOnly, entry.Details = false, `{"b":2}`
	for name, got := range map[string][]byte{
		"room":      room.AppendWhole(nil),
		"rooms":     AppendRooms(nil, []Room{room}, &more),
		"members":   AppendMembers(nil, []RoomMember{member}, &more),
		"sanctions": AppendSanctions(nil, []Sanction{filled[Sanction]()}, &more),
		"audit":     AppendAudit(nil, []AuditEntry{entry}, more),
		"deleted":   AppendDeleted(nil, 3),
		"users":     AppendUsers(nil, []User{member.User}, more),
	} {
		if want := goldenFiles(t, "written", name)[0]; string(got) != string(want) {
			t.Errorf("%s: written as\n%s\nwant\n%s", name, got, want)
		}
	}
}

// TestAppendEncoded checks that an encoded message is written as Append writes it.
func TestAppendEncoded(t *testing.T) {
	for _, data := range goldenFiles(t, "relay", "message") {
		f, err := DecodeRelay(data)
		changed, ok := f.(Changed)
		if got := changed.AppendEncoded(nil, changed.Message.Append(nil)); err != nil || !ok || string(got) != string(data) {
			t.Errorf("%s is %s, %v", data, got, err)
		}
	}
}

// TestAppendAfter checks that an encoded frame gets its After as Append writes it.
func TestAppendAfter(t *testing.T) {
	for _, data := range goldenFiles(t, "relay", "message") {
		f, err := DecodeRelay(data)
		changed, ok := f.(Changed)
		if err != nil || !ok {
			t.Fatal(err)
		}
		for _, after := range []int64{0, 52} {
			changed.After = nil
			frame := changed.Append(nil)
			changed.After = &after
			if got, want := AppendAfter(frame, after), changed.Append(nil); string(got) != string(want) {
				t.Errorf("got %s, want %s", got, want)
			}
		}
	}
}

// members returns the members of a JSON object, name and value as written.
func members(t *testing.T, data []byte) (names []string, values map[string]string) {
	t.Helper()
	values = map[string]string{}
	s := scanner{data: data}
	s.object(func(name []byte) {
		s.peek()
		start := s.pos
		s.skip()
		names = append(names, string(name))
		values[string(name)] = string(data[start:s.pos])
	})
	if s.err != nil {
		t.Fatal(s.err)
	}
	return names, values
}

func object(names []string, values map[string]string) []byte {
	var all []string
	for _, name := range names {
		all = append(all, fmt.Sprintf("%q:%s", name, values[name]))
	}
	return []byte("{" + strings.Join(all, ",") + "}")
}

// TestEveryFieldOfAClientHasLimits checks that a field is refused if its value is of another kind, very long or out of
// range, except fields that may be as long as the frame.
func TestEveryFieldOfAClientHasLimits(t *testing.T) {
	long := `"` + strings.Repeat("x", FrameBytesMax-1000) + `"`
	unlimited := []string{"token", "client", "on", "frozen"}
	for _, f := range clientFrames {
		for _, data := range goldenFiles(t, "client", f.typ) {
			names, values := members(t, data)
			for _, name := range names {
				takes := func(value string) bool {
					changed := maps.Clone(values)
					changed[name] = value
					_, err := DecodeClient(object(names, changed), testLimits)
					return err == nil
				}
				if takes("[{}]") {
					t.Errorf("%s: %s may be of another kind", data, name)
				}
				if slices.Contains(unlimited, name) {
					continue
				}
				wrong := []string{"-1", "-0.5e400", "9007199254740992"}
				if name == "t" {
					wrong = []string{strings.Repeat("1", 33)}
				}
				if values[name][0] == '"' {
					wrong = []string{long, `""`}
				}
				if name == "reason" && f.typ == "moderate" {
					wrong = wrong[:1] // it may be empty
				}
				for _, value := range wrong {
					if takes(value) {
						t.Errorf("%s: %s may be %.40s", f.typ, name, value)
					}
				}
			}
		}
	}
	if _, code, _ := checkField("a_new_field", "", 0, 0); code == "" {
		t.Error("a field without limits is taken")
	}
}

// TestOrderDoesNotMatter checks that members in any order, among unknown ones, are the same frame.
func TestOrderDoesNotMatter(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	check := func(data []byte, decode func([]byte) (any, error)) {
		want, err := decode(data)
		if err != nil {
			t.Fatal(err)
		}
		for range 50 {
			names, values := members(t, data)
			values["new"], values["\u00e9"] = `{"type":["x",{"id":null}]}`, "-1.5e3"
			names = append(names, "new", "\u00e9")
			r.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
			shuffled := object(names, values)
			if got, err := decode(shuffled); err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("%s\nis %#v, %v\nwant %#v", shuffled, got, err, want)
			}
		}
	}
	for _, f := range clientFrames {
		for _, data := range goldenFiles(t, "client", f.typ) {
			check(data, func(data []byte) (any, error) { return DecodeClient(data, testLimits) })
		}
	}
	for _, f := range relayFrames {
		for _, data := range goldenFiles(t, "relay", f.typ) {
			check(data, func(data []byte) (any, error) { return DecodeRelay(data) })
		}
	}
	for _, data := range goldenFiles(t, "rest", "page") {
		check(data, func(data []byte) (any, error) { return DecodePage(data) })
	}
}

// TestEncodeIsAppend checks that both ways to write a client's frame write the same.
func TestEncodeIsAppend(t *testing.T) {
	for _, f := range clientFrames {
		for _, data := range goldenFiles(t, "client", f.typ) {
			frame, err := DecodeClient(data, testLimits)
			if got := Encode(frame); err != nil || string(got) != string(data) {
				t.Errorf("%s is %s, %v", data, got, err)
			}
		}
	}
}
