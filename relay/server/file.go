package server

import (
	"context"
	"errors"
	"log/slog"
	"net/url"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"hallway/files"
	"hallway/files/intake"
	"hallway/files/media"
	"hallway/protocol"
	"hallway/relay/hub"
	"hallway/relay/rules"
)

// Files holds the parts that the file routes use.
type Files struct {
	Rows   rules.Files
	Bytes  files.Store
	Intake *intake.Intake
	Limits rules.FileLimits
	// NewKey returns an unused key for bytes.
	NewKey func() string
	// LinkKey seals links; all relays on a database share it.
	LinkKey [32]byte
}

const (
	// storeFileTimeout bounds the time that a complete upload waits for the scanner, its turn and the store.
	storeFileTimeout = 3 * time.Minute
	// scanRetry is the time that a client waits after its file could not be scanned.
	scanRetry = 5 * time.Second
)

// fileRoutes answers the requests about files.
type fileRoutes struct {
	*access
	*Files    // nil: the relay accepts no files
	links     *links
	uploads   *places
	downloads *places
	log       *slog.Logger
}

func newFileRoutes(a *access, o *Options) *fileRoutes {
	s := &fileRoutes{
		access: a, Files: o.Files, log: o.Log,
		uploads: newPlaces(uploadsMax, uploadsUserMax), downloads: newPlaces(downloadsMax, downloadsUserMax),
	}
	if o.Files != nil {
		s.links = newLinks(o.Files.LinkKey)
		o.Metrics.transfers(s.uploads, s.downloads)
	}
	return s
}

func (s *fileRoutes) addTo(room fiber.Router) {
	room.Get("/files/:id", s.get).Put("/files/:id", s.put)
	room.Post("/files/:id/link", s.onMessage(s.link))
}

var (
	errNoFile   = refuse(protocol.CodeNotFound, "the room has no file with this id")
	errFilesOff = refuseWhy(protocol.CodeForbidden, protocol.WhyFilesOff, "this relay takes no files")
)

func refuseWhy(code protocol.Code, why protocol.Why, detail string) *refusal {
	r := refuse(code, detail)
	r.problem.Why = why
	return r
}

// put handles an upload. It counts the reason of a refusal.
func (s *fileRoutes) put(c *fiber.Ctx) error {
	err := s.onMessage(s.upload)(c)
	if err != nil && s.Files != nil {
		s.work.metrics.refusedUpload(err)
	}
	return err
}

// upload handles an upload.
func (s *fileRoutes) upload(c *fiber.Ctx, who hub.Identity, room, id string) error {
	if s.Files == nil {
		return errFilesOff
	}
	name, err := nameOf(queryOf(c))
	if err != nil {
		return err
	}
	conn, size, err := announced(c)
	if err != nil {
		return err
	}
	op := rules.Upload{File: rules.File{File: protocol.File{ID: id, Name: name, Size: size}}, Limits: s.Limits, Ask: true, Plain: namesType(c)}
	asked, err := carryOut[rules.Uploaded](s.access, c, who, rules.Op{Room: room, Do: op})
	if err != nil {
		return err
	}
	op.Ask = false
	ctx := context.WithValue(context.Background(), slotKey{}, slotOf(c))
	stored, err := apart(ctx, func() (rules.Uploaded, error) { return s.take(who, room, op, conn, asked.New) })
	if err != nil {
		return err
	}
	s.work.metrics.uploaded(stored)
	status := fiber.StatusOK
	if stored.New {
		status = fiber.StatusCreated
	}
	return answer(c, status, stored.File.File.Append(nil))
}

// namesType reports whether an upload names another type than application/octet-stream.
func namesType(c *fiber.Ctx) bool {
	said, _, _ := strings.Cut(c.Get(fiber.HeaderContentType), ";")
	said = strings.TrimSpace(said)
	return said != "" && !strings.EqualFold(said, protocol.OctetStream)
}

// nameOf returns the file name in the query of an upload.
func nameOf(query string) (string, error) {
	name := ""
	err := eachParam(query, func(param, v string) error {
		if param != "name" {
			return errUnknownParam
		}
		name = v
		return nil
	})
	if err == nil && !protocol.ValidFileName(name) {
		err = refuse(protocol.CodeBadRequest, `name must be 1 to 200 bytes of UTF-8 without control characters, "/" and "\"`)
	}
	return name, err
}

// announced returns the connection of an upload, and the length of its body.
func announced(c *fiber.Ctx) (conn *httpConn, size int64, err error) {
	conn, ok := c.Context().Conn().(*httpConn)
	switch {
	case !ok:
		return nil, 0, errors.New("the connection is not one of the relay's listener")
	case conn.request.framing.uploads:
		size = int64(min(conn.request.framing.left, 1<<62))
	case !tellsLength(c.Request().Header.RawHeaders()) || len(c.Request().Body()) > 0: // the parser sets a missing length to 0
		return nil, 0, refuse(protocol.CodeBadRequest, "a Content-Length is needed")
	}
	if size > protocol.FileBytesMax {
		return nil, 0, refuse(protocol.CodeTooLarge, "the file is too large")
	}
	return conn, size, nil
}

// take receives an upload, stores it, and adds it to the room's files. It runs without the request's slot.
func (s *fileRoutes) take(who hub.Identity, room string, op rules.Upload, conn *httpConn, isNew bool) (stored rules.Uploaded, err error) {
	leave, err := s.uploads.enter(who.User.ID)
	if err != nil {
		return stored, err
	}
	defer leave()
	u, err := s.Intake.Receive(&uploadBody{conn: conn}, op.File.Size)
	if err != nil {
		return stored, s.refuseBroken(err)
	}
	defer u.Close()
	u.Gone = conn.gone
	op.File.Sum = u.Sum
	if !isNew { // the rules compare it with the earlier upload
		return s.keep(who, room, op)
	}
	ctx, cancel := context.WithTimeout(context.Background(), storeFileTimeout)
	defer cancel()
	key := s.NewKey()
	f, err := s.Intake.Store(ctx, u, key)
	if err != nil {
		s.discard(key)
		return stored, s.refuseContent(err)
	}
	op.File.Blob, op.File.Type, op.File.Thumb = f.Blob, f.Type, f.ThumbType
	op.File.Size, op.File.Width, op.File.Height = f.Size, int64(f.Width), int64(f.Height)
	stored, err = s.keep(who, room, op)
	var r *refusal
	if errors.As(err, &r) && r.problem.Code != protocol.CodeUnavailable || err == nil && !stored.New {
		s.discard(key)
	}
	return stored, err
}

// keep adds the upload to the room's files.
func (s *fileRoutes) keep(who hub.Identity, room string, op rules.Upload) (stored rules.Uploaded, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), storeTimeout)
	defer cancel()
	out, err := s.backend.Change(ctx, who, rules.Op{Room: room, Do: op})
	stored, _ = out.Result.(rules.Uploaded)
	return stored, refuseOutcome(out, err)
}

// discard deletes the bytes of a failed upload. The collector finds the remaining bytes.
func (s *fileRoutes) discard(key string) {
	ctx, cancel := context.WithTimeout(context.Background(), storeTimeout)
	defer cancel()
	if err := s.Intake.Delete(ctx, key); err != nil {
		s.log.Warn("the bytes of an upload could not be deleted; they will be later", "error", err)
	}
}

// refuseBroken returns the refusal of an incomplete upload.
func (s *fileRoutes) refuseBroken(err error) error {
	switch {
	case errors.Is(err, errSlow):
		return refuseStatus(fiber.StatusRequestTimeout, protocol.CodeBadRequest, errSlow.Error())
	case errors.Is(err, intake.ErrReceive), errors.Is(err, errBroken):
		return refuse(protocol.CodeBadRequest, intake.ErrReceive.Error())
	}
	return s.refuseFailed(err)
}

// refuseContent refuses an upload because of its content.
func (s *fileRoutes) refuseContent(err error) error {
	var found *intake.FoundError
	switch {
	case errors.As(err, &found):
		s.log.Warn("the scanner has refused a file", "found", found.Name)
		return refuseWhy(protocol.CodeForbidden, protocol.WhyScan, "the scanner has found something in the file")
	case errors.Is(err, intake.ErrScan):
		s.log.Error("a file could not be scanned", "error", err)
		r := refuse(protocol.CodeUnavailable, intake.ErrScan.Error())
		r.retryAfter = scanRetry
		return r
	case errors.Is(err, intake.ErrGone):
		return errGone
	case errors.Is(err, media.ErrPicture):
		return refuseWhy(protocol.CodeBadRequest, protocol.WhyPicture, media.Reason(err))
	}
	return s.refuseFailed(err)
}

func (s *fileRoutes) refuseFailed(err error) error {
	s.log.Error("a file could not be stored", "error", err)
	return refuse(protocol.CodeUnavailable, "the file cannot be stored at present")
}

// find returns a file that the user may read: a file of a message, or the user's own.
func (s *fileRoutes) find(c *fiber.Ctx, who hub.Identity, room, id string) (f rules.File, err error) {
	if s.Files == nil {
		return f, errNoFile
	}
	ctx, cancel := s.begin(c)
	defer cancel()
	f, ok, err := s.Rows.File(ctx, room, id)
	switch {
	case err != nil:
		return f, s.unreadable(err)
	case !ok || f.Seq == 0 && f.Owner != who.User.ID:
		return f, errNoFile
	}
	return f, nil
}

// link answers with a URL that opens a file without a token.
func (s *fileRoutes) link(c *fiber.Ctx, who hub.Identity, room, id string) error {
	if err := s.refuseBanned(who, room); err != nil { // a link gives access to the file, so POST counts as reading
		return err
	}
	if _, err := s.find(c, who, room, id); err != nil {
		return err
	}
	role, _ := who.Grants.Role(room)
	expires := s.now().Add(protocol.FileLinkTime)
	sealed, err := s.links.seal(linkTo{room: room, id: id, user: who.User.ID, role: role, made: s.now(), expires: expires})
	if err != nil {
		return err
	}
	l := protocol.FileLink{
		URL:       s.problems.pages.ownOrigin(c) + "/v1/rooms/" + url.PathEscape(room) + "/files/" + id + "?link=" + sealed,
		ExpiresAt: protocol.TimeOf(expires),
	}
	return answer(c, fiber.StatusOK, l.Append(nil))
}
