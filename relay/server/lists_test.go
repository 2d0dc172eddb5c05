package server_test

import (
	"net/http"
	"runtime"
	"sync"
	"testing"
)

// TestListsWaitForEachOther, and nobody else for them.
func TestListsWaitForEachOther(t *testing.T) {
	s := start(t, nil)
	reading, goOn := make(chan struct{}), make(chan struct{})
	s.rooms.list = func() {
		reading <- struct{}{}
		<-goOn
	}
	bearer := "Bearer " + s.token("u1", "*")
	many := 4 * runtime.GOMAXPROCS(0)
	var all sync.WaitGroup
	for range many {
		all.Go(func() {
			if r := s.ask("GET", "/v1/rooms", "", "Authorization", bearer); r.StatusCode != http.StatusOK {
				t.Errorf("a list: %d %s", r.StatusCode, r.body)
			}
		})
	}
	for range many {
		<-reading
		select {
		case <-reading:
			t.Error("two are read at a time")
		default:
		}
		if r := s.ask("GET", messagesPath, "", "Authorization", bearer); r.StatusCode != http.StatusOK {
			t.Errorf("a page meanwhile: %d %s", r.StatusCode, r.body)
		}
		goOn <- struct{}{}
	}
	all.Wait()
}
