package server

import (
	"cmp"
	"context"
	"errors"
	"io"
	"net/url"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"hallway/files"
	"hallway/files/intake"
	"hallway/files/media"
	"hallway/protocol"
	"hallway/relay/hub"
	"hallway/relay/rules"
)

// variant is the file itself, or one of its thumbnails.
type variant struct {
	key, typ, tag string
}

// get answers with the bytes of a file, or of a thumbnail.
func (s *fileRoutes) get(c *fiber.Ctx) error {
	size, sealed, malformed := parseFileQuery(queryOf(c))
	enter := s.enterMessage
	if sealed != "" {
		enter = func(c *fiber.Ctx) (hub.Identity, string, string, error) { return s.enterByLink(c, sealed) }
	}
	who, room, id, err := enter(c)
	if err = cmp.Or(err, malformed); err != nil {
		return err
	}
	f, err := s.find(c, who, room, id)
	if err != nil {
		return err
	}
	v, err := variantOf(&f, size)
	if err != nil {
		return err
	}
	s.headers(c, &f, v, sealed != "")
	if matches(c.Get(fiber.HeaderIfNoneMatch), v.tag) {
		return c.SendStatus(fiber.StatusNotModified)
	}
	return s.send(c, who, v)
}

// parseFileQuery returns the size of the thumbnail in a query (0: the file itself), and its link, if any.
func parseFileQuery(query string) (size int, link string, err error) {
	err = eachParam(query, func(name, v string) error {
		switch {
		case name == "link" && v != "":
			link = v
		case name == "size" && v == strconv.Itoa(media.ThumbSmall):
			size = media.ThumbSmall
		case name == "size" && v == strconv.Itoa(media.ThumbLarge):
			size = media.ThumbLarge
		case name == "size":
			return refuse(protocol.CodeBadRequest, "size must be 320 or 1280")
		default:
			return errUnknownParam
		}
		return nil
	})
	if err != nil {
		return 0, "", err
	}
	return size, link, nil
}

// enterByLink is enterMessage for a request with a link, which replaces a token.
func (s *fileRoutes) enterByLink(c *fiber.Ctx, sealed string) (who hub.Identity, room, id string, err error) {
	if s.Files == nil {
		return who, "", "", errNoFile
	}
	room, err = param(c, "room")
	if err != nil {
		return who, "", "", errNoFile
	}
	if id, err = param(c, "id"); err != nil {
		return who, "", "", errNoFile
	}
	to, err := s.links.open(room, id, sealed)
	if err != nil {
		return who, "", "", refuse(protocol.CodeUnauthorized, err.Error())
	}
	if !s.now().Before(to.expires) {
		return who, "", "", refuseWhy(protocol.CodeUnauthorized, protocol.WhyExpired, "the link is not valid any more")
	}
	who = to.identity()
	if s.backend.Revoked(who) {
		return who, "", "", refuseWhy(protocol.CodeUnauthorized, protocol.WhyRevoked, hub.RevokedReason)
	}
	if err := s.await(c, who); err != nil {
		return who, "", "", err
	}
	return who, room, id, s.refuseBanned(who, room)
}

// variantOf returns the variant of a file for a size.
func variantOf(f *rules.File, size int) (variant, error) {
	whole := variant{key: f.Blob, typ: f.Type, tag: `"` + f.Blob + `"`}
	switch {
	case size == 0:
		return whole, nil
	case !media.IsPicture(f.Type):
		return variant{}, refuse(protocol.CodeNotFound, "the file is not a picture")
	case f.Thumb == "" || f.Width <= int64(size) && f.Height <= int64(size):
		return whole, nil
	}
	key := intake.ThumbKey(f.Blob, size)
	return variant{key: key, typ: f.Thumb, tag: `"` + key + `"`}, nil
}

const (
	cacheForEver = "private, max-age=31536000, immutable"
	// filePolicy forbids everything to a file that a browser shows.
	filePolicy = "sandbox; default-src 'none'"
	// fileExposed are the headers that a page may read.
	fileExposed = "Accept-Ranges, Content-Disposition, Content-Length, Content-Range, ETag, Retry-After, WWW-Authenticate"
)

// headers sets the headers of a file.
func (s *fileRoutes) headers(c *fiber.Ctx, f *rules.File, v variant, byLink bool) {
	typ := v.typ
	if typ == media.TypeText {
		typ += "; charset=utf-8"
	}
	c.Set(fiber.HeaderContentType, typ)
	c.Set(fiber.HeaderContentDisposition, disposition(v.typ, f.Name))
	c.Set(fiber.HeaderContentSecurityPolicy, filePolicy)
	c.Set("Cross-Origin-Resource-Policy", "cross-origin")
	c.Set(fiber.HeaderAcceptRanges, "bytes")
	c.Set(fiber.HeaderETag, v.tag)
	if !byLink { // otherwise no-store, as in every other answer
		c.Set(fiber.HeaderCacheControl, cacheForEver)
	}
	if len(c.Response().Header.Peek(fiber.HeaderAccessControlAllowOrigin)) > 0 {
		c.Set(fiber.HeaderAccessControlExposeHeaders, fileExposed)
	}
}

// disposition returns the Content-Disposition (RFC 6266) of a file.
func disposition(typ, name string) string {
	how := "attachment"
	if media.Inline(typ) {
		how = "inline"
	}
	plain := strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || r == '"' || r == '\\' || r == '%' {
			return '_'
		}
		return r
	}, name)
	value := how + `; filename="` + plain + `"`
	if plain != name {
		value += "; filename*=UTF-8''" + strings.ReplaceAll(url.QueryEscape(name), "+", "%20")
	}
	return value
}

// matches reports whether a list of tags contains the tag.
func matches(list, tag string) bool {
	for one := range strings.SplitSeq(list, ",") {
		if one = strings.TrimSpace(one); one == "*" || strings.TrimPrefix(one, "W/") == tag {
			return true
		}
	}
	return false
}

// send answers with all bytes, or with the range that the request asks for.
func (s *fileRoutes) send(c *fiber.Ctx, who hub.Identity, v variant) error {
	leave, err := apart(context.WithValue(context.Background(), slotKey{}, slotOf(c)), func() (func(), error) { return s.downloads.enter(who.User.ID) })
	if err != nil {
		return err
	}
	asked := parseRange(c.Get(fiber.HeaderRange))
	if condition := c.Get(fiber.HeaderIfRange); condition != "" && condition != v.tag {
		asked = nil
	}
	body, size, part, err := s.open(v.key, asked)
	if err != nil {
		leave()
		return err
	}
	if part == nil {
		leave()
		c.Set(fiber.HeaderContentRange, "bytes */"+strconv.FormatInt(size, 10))
		return refuseStatus(fiber.StatusRequestedRangeNotSatisfiable, protocol.CodeBadRequest, "the file has no such range")
	}
	if asked != nil {
		c.Status(fiber.StatusPartialContent)
		c.Set(fiber.HeaderContentRange, "bytes "+strconv.FormatInt(part.from, 10)+"-"+strconv.FormatInt(part.from+part.length-1, 10)+"/"+strconv.FormatInt(size, 10))
	}
	c.Response().SetBodyStream(&download{body, leave}, int(part.length))
	return nil
}

// open opens bytes. The part is nil if the range contains none.
func (s *fileRoutes) open(key string, asked *byteRange) (body io.ReadCloser, size int64, part *byteRange, err error) {
	// Not bound to the request's time: the client reads the bytes at its own pace.
	ctx := context.Background()
	part = &byteRange{length: -1}
	if asked != nil && asked.from >= 0 {
		part = asked
	}
	if body, size, err = s.Bytes.Get(ctx, key, part.from, part.length); err != nil {
		return nil, 0, nil, s.refuseUnread(err)
	}
	switch {
	case asked != nil && asked.from < 0: // the last bytes
		_ = body.Close()
		last := min(asked.length, size)
		part = &byteRange{size - last, last}
		if last == 0 {
			return nil, size, nil, nil
		}
		if body, size, err = s.Bytes.Get(ctx, key, part.from, part.length); err != nil {
			return nil, 0, nil, s.refuseUnread(err)
		}
	case asked != nil && part.from >= size:
		_ = body.Close()
		return nil, size, nil, nil
	}
	if left := size - part.from; part.length < 0 || part.length > left {
		part = &byteRange{part.from, left}
	}
	return body, size, part, nil
}

func (s *fileRoutes) refuseUnread(err error) error {
	if errors.Is(err, files.ErrNotFound) { // deleted meanwhile
		return errNoFile
	}
	s.log.Error("a file could not be read", "error", err)
	return refuse(protocol.CodeUnavailable, "the file cannot be read at present")
}

// download is a body that frees its place at the end.
type download struct {
	io.ReadCloser
	leave func()
}

// Close implements io.Closer.
func (d *download) Close() error {
	defer d.leave()
	return d.ReadCloser.Close()
}

// byteRange is a range of bytes. from is below 0 for the last bytes, length for a range up to the end.
type byteRange struct{ from, length int64 }

// parseRange returns the range in a header; nil if there is none, or several: then the answer is the whole file (RFC
// 9110).
func parseRange(header string) *byteRange {
	spec, ok := strings.CutPrefix(header, "bytes=")
	first, last, dash := strings.Cut(strings.TrimSpace(spec), "-")
	if !ok || !dash || strings.Contains(spec, ",") {
		return nil
	}
	from, err1 := strconv.ParseUint(cmp.Or(first, "0"), 10, 63)
	to, err2 := strconv.ParseUint(cmp.Or(last, "0"), 10, 63)
	switch {
	case err1 != nil || err2 != nil || first == "" && last == "":
		return nil
	case first == "":
		return &byteRange{-1, int64(to)}
	case last == "":
		return &byteRange{int64(from), -1}
	case to < from:
		return nil
	}
	return &byteRange{int64(from), int64(to - from + 1)}
}
