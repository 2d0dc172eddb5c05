package compat_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"strings"
	"testing"
)

// pattern compares JSON with JSON in which placeholders stand for values that differ from run to run.
type pattern struct {
	bound map[string]any    // the value of each numbered placeholder
	names map[string]string // the placeholder of each value, while recording
	count map[string]int    // the number of placeholders of a kind
}

func newPattern() pattern {
	return pattern{bound: map[string]any{}, names: map[string]string{}, count: map[string]int{}}
}

// kinds holds the members with values that differ from run to run. The same value gets the same placeholder.
var kinds = map[string]string{"created_at": "time", "epoch": "epoch", "session": "session"}

// free holds the members with values on which clients may not rely: texts for people, names of versions, times to wait.
var free = regexp.MustCompile(`"(detail|title|server|reconnect_after_ms|retry_after_ms)":("(?:[^"\\]|\\.)*"|\d+)|"message":"(?:[^"\\]|\\.)*"`)

// generalize puts placeholders into an answer.
func (p pattern) generalize(got string) string {
	_, document := parse(got)
	if document == nil {
		return got
	}
	p.name(document)
	for value, name := range p.names {
		got = strings.ReplaceAll(got, `"`+value+`"`, `"`+name+`"`)
	}
	got = free.ReplaceAllStringFunc(got, func(member string) string {
		name, _, _ := strings.Cut(member, ":")
		return name + `:"<any>"`
	})
	return got
}

func (p pattern) name(document any) {
	switch document := document.(type) {
	case map[string]any:
		for member, value := range document {
			kind, text := kinds[member], fmt.Sprint(value)
			if kind != "" && text != "" && p.names[text] == "" {
				p.count[kind]++
				p.names[text] = fmt.Sprintf("<%s %d>", kind, p.count[kind])
			}
			p.name(value)
		}
	case []any:
		for _, value := range document {
			p.name(value)
		}
	}
}

// match compares an answer with the expected one; the text before the JSON, such as a status, must be the same.
func (p pattern) match(want, got string) error {
	wantBefore, wanted := parse(want)
	gotBefore, document := parse(got)
	err := p.compare("", wanted, document)
	if wantBefore != gotBefore {
		err = fmt.Errorf("%q instead of %q", gotBefore, wantBefore)
	}
	if err != nil {
		return fmt.Errorf("%w in what came:\n%s", err, got)
	}
	return nil
}

func (p pattern) compare(path string, want, got any) error {
	switch want := want.(type) {
	case map[string]any:
		object, ok := got.(map[string]any)
		if !ok {
			return fmt.Errorf("%s is not an object", path)
		}
		for member, value := range want {
			if _, ok := object[member]; !ok {
				return fmt.Errorf("%s.%s is missing", path, member)
			}
			if err := p.compare(path+"."+member, value, object[member]); err != nil {
				return err
			}
		}
		return nil
	case []any:
		list, ok := got.([]any)
		if !ok || len(list) != len(want) {
			return fmt.Errorf("%s is not a list of %d", path, len(want))
		}
		for i, value := range want {
			if err := p.compare(fmt.Sprintf("%s[%d]", path, i), value, list[i]); err != nil {
				return err
			}
		}
		return nil
	case string:
		if strings.HasPrefix(want, "<") && strings.HasSuffix(want, ">") {
			return p.bind(path, want, got)
		}
	}
	if !reflect.DeepEqual(want, got) {
		return fmt.Errorf("%s is %v, not %v", path, got, want)
	}
	return nil
}

// bind checks that a placeholder stands for the same value everywhere.
func (p pattern) bind(path, name string, got any) error {
	if name == "<any>" {
		return nil
	}
	if before, ok := p.bound[name]; ok && !reflect.DeepEqual(before, got) {
		return fmt.Errorf("%s is %v, but %s was %v", path, got, name, before)
	}
	p.bound[name] = got
	return nil
}

// parse splits a text into the part before its JSON, and the JSON, which is nil if there is none.
func parse(text string) (before string, document any) {
	start := strings.Index(text, "{")
	if start < 0 || json.Unmarshal([]byte(text[start:]), &document) != nil {
		return text, nil
	}
	return text[:start], document
}

// TestPatternTellsApart checks that patterns refuse wrong answers: a pattern that accepts everything would make every transcript pass.
func TestPatternTellsApart(t *testing.T) {
	const want = `200 {"a":1,"list":[{"t":"<time 1>"},{"t":"<time 1>"}],"free":"<any>"}`
	for got, ok := range map[string]bool{
		`200 {"a":1,"list":[{"t":"x"},{"t":"x"}],"free":7,"new":true}`: true,
		`201 {"a":1,"list":[{"t":"x"},{"t":"x"}],"free":7}`:            false,
		`200 {"a":2,"list":[{"t":"x"},{"t":"x"}],"free":7}`:            false,
		`200 {"a":1,"list":[{"t":"x"},{"t":"y"}],"free":7}`:            false,
		`200 {"a":1,"list":[{"t":"x"}],"free":7}`:                      false,
		`200 {"a":1,"list":[{"t":"x"},{"t":"x"}]}`:                     false,
		`200`: false,
	} {
		if err := newPattern().match(want, got); (err == nil) != ok {
			t.Errorf("%s: %v", got, err)
		}
	}
}
