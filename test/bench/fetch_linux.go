package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"

	"hallway/protocol"
)

// fetch is one page of a catch-up, over a separate connection.
type fetch struct {
	client   *client
	socket   *socket
	answer   []byte
	attempts int
}

// fetch reads the next page of the client's catch-up.
func (c *client) fetch() {
	if c.fetching == nil {
		c.fetching = &fetch{client: c}
		c.fetching.dial()
	}
}

func (f *fetch) dial() { f.socket = f.client.loop().dial(f.client.target.sockaddr, f) }

func (f *fetch) opened() {
	c := f.client
	f.socket.write(fmt.Appendf(nil,
		"GET /v1/rooms/%s/messages?since=%d&limit=%d HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\nConnection: close\r\n\r\n",
		c.room.name, c.applied, protocol.PageMessagesMax, c.target.addr, c.token))
}

func (f *fetch) received(data []byte) (int, error) {
	f.answer = append(f.answer, data...)
	return len(data), nil
}

// ended applies a whole answer, or tries again with the protocol's backoff as long as the client is connected.
func (f *fetch) ended(error) {
	c := f.client
	if c.fetching != f {
		return
	}
	page, err := f.page()
	if err != nil {
		c.target.failedFetches++
		f.answer = nil
		f.attempts++
		wait := min(protocol.BackoffMax, protocol.BackoffBase<<min(f.attempts, 6))
		c.loop().after(rand.N(wait), func() {
			if c.fetching == f {
				f.dial()
			}
		})
		return
	}
	c.fetching = nil
	c.target.fetches++
	c.apply(&page)
}

func (f *fetch) page() (protocol.Page, error) {
	response, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(f.answer)), nil)
	if err != nil {
		return protocol.Page{}, err
	}
	body, err := io.ReadAll(response.Body)
	_ = response.Body.Close()
	if err != nil {
		return protocol.Page{}, err
	}
	if response.StatusCode != http.StatusOK {
		return protocol.Page{}, fmt.Errorf("%s: %s", response.Status, body)
	}
	return protocol.DecodePage(body)
}

// apply applies a page of a catch-up.
func (c *client) apply(page *protocol.Page) {
	begin := c.applied
	for i := range page.Messages {
		m := &page.Messages[i]
		if m.Rev != c.applied+1 {
			c.loop().fail("lost: a catch-up from rev %d goes from %d to %d", begin, c.applied, m.Rev)
			return
		}
		c.applied = m.Rev
		e := c.room.enter(m, nil)
		if s := e.send; s != nil && s.sender == c && !s.settled {
			c.settle(s)
		}
	}
	if !page.More && c.applied != page.Head {
		c.loop().fail("lost: a catch-up ends at rev %d below the head %d", c.applied, page.Head)
		return
	}
	if page.More {
		c.fetch()
		return
	}
	c.catchUp(c.reach)
}
