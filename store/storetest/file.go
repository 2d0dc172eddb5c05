package storetest

import (
	"context"
	"slices"
	"strings"
	"time"

	"pgregory.net/rapid"

	"hallway/protocol"
	"hallway/relay/rules"
)

// fileTests are tests of a store that keeps rows of files.
var fileTests = []test{
	{"Upload", testUpload},
	{"UploadsThatAreRefused", testUploadRefused},
	{"Quotas", testQuotas},
	{"SendWithFiles", testSendWithFiles},
	{"FilesGoWithTheirMessage", testFilesGo},
	{"UnusedFiles", testUnused},
	{"FilesOfAForgottenUser", testFilesForgotten},
	{"FilesOutlastAReopening", testFilesReopen},
	{"FilesModel", testFilesModel},
}

func (h *harness) files() rules.Files { return h.store.(rules.Files) }

// upload returns an upload of the n-th file by Ada, of size bytes.
func upload(room string, n int, size int64) rules.Op {
	f := rules.File{
		File: protocol.File{ID: id(n), Name: strings.Repeat("x", n) + ".png", Type: "image/png", Size: size, Width: 3, Height: 2},
		Blob: "blob-" + room + "-" + id(n), Thumb: "image/jpeg",
	}
	f.Sum[0] = byte(n)
	return rules.Op{Room: room, Sender: ada, Do: rules.Upload{File: f}}
}

func asked(op rules.Op) rules.Op { return with(op, func(do *rules.Upload) { do.Ask = true }) }

// carrying returns the send with files, and without a text.
func carrying(op rules.Op, files ...int) rules.Op {
	return with(op, func(do *rules.Send) {
		do.Text = ""
		for _, n := range files {
			do.Files = append(do.Files, protocol.Attachment{ID: id(n)})
		}
	})
}

// codes returns the codes and causes of outcomes.
func codes(outcomes []outcome) (all []string) {
	for _, o := range outcomes {
		all = append(all, strings.TrimSuffix(string(o.Code)+" "+string(o.Why), " "))
	}
	return all
}

// file reads the n-th file and compares it with the model's.
func (h *harness) file(t testingT, room string, n int) (rules.File, bool) {
	t.Helper()
	f, ok, err := h.files().File(context.Background(), room, id(n))
	want, wantOK, _ := h.model.File(context.Background(), room, id(n))
	if err != nil || ok != wantOK || f != want {
		t.Fatalf("file %d of %s: %+v, %t, %v; want %+v, %t", n, room, f, ok, err, want, wantOK)
	}
	return f, ok
}

// doomed lists the doomed keys after the upkeep's work, and compares them with the model's.
func (h *harness) doomed(t testingT) []string {
	t.Helper()
	ctx := context.Background()
	want, _ := h.model.Doomed(ctx, 1000)
	for began := time.Now(); ; time.Sleep(time.Millisecond) {
		got, err := h.files().Doomed(ctx, 1000)
		if slices.Sort(got); err == nil && slices.Equal(got, want) {
			return got
		}
		if err != nil || time.Since(began) > 10*time.Second {
			t.Fatalf("doomed: %v, %v; want %v", got, err, want)
		}
	}
}

func (h *harness) stats(t testingT) rules.FileStats {
	t.Helper()
	got, err := h.files().FileStats(context.Background())
	want, _ := h.model.FileStats(context.Background())
	if err != nil || got != want {
		t.Fatalf("stats: %+v, %v; want %+v", got, err, want)
	}
	return got
}

func testUpload(h *harness) {
	other := with(upload("lobby", 1, 100), func(do *rules.Upload) { do.File.Name = "other.png" })
	bytes := with(upload("lobby", 1, 100), func(do *rules.Upload) { do.File.Sum[5] = 7 })
	got := h.commit(asked(upload("lobby", 1, 100)), upload("lobby", 1, 100), upload("lobby", 1, 100), by(bob, upload("lobby", 1, 100)), other, bytes,
		asked(bytes), asked(other), by(bob, asked(upload("lobby", 1, 100))), by(bob, upload("other", 1, 100)), upload("lobby", 2, 50))
	h.equal("codes", codes(got), []string{"", "", "", "conflict", "conflict", "conflict", "", "conflict", "conflict", "", ""})
	f, ok := h.file(h, "lobby", 1)
	if !ok || f.Owner != ada.ID || f.UploadedAt != protocol.TimeOf(h.now) || f.Width != 3 || f.Thumb != "image/jpeg" {
		h.Errorf("stored: %+v", f)
	}
	h.file(h, "other", 1)
	h.file(h, "lobby", 3)
	h.file(h, "nowhere", 1)
	if got := h.stats(h); got != (rules.FileStats{Files: 3, Bytes: 250, Unused: 3}) {
		h.Errorf("stats: %+v", got)
	}
	if got := h.commit(asked(upload("new", 1, 1))); got[0].Code != "" {
		h.Errorf("asked in a room that is not there: %+v", got)
	}
	if _, ok, err := h.store.Room(h.Context(), "new", ada.ID); ok || err != nil {
		h.Errorf("asking has made a room: %v", err)
	}
}

func testUploadRefused(h *harness) {
	set := func(settings string) rules.Op {
		return rules.Op{Room: "lobby", Sender: ada, Do: rules.Configure{Settings: settings}}
	}
	pdf := with(upload("lobby", 9, 1), func(do *rules.Upload) { do.File.Type = "application/pdf" })
	images := with(pdf, func(do *rules.Upload) { do.File.ID, do.Limits.Types = id(8), "image/*" })
	got := h.commit(
		set(`{"files":"off"}`), upload("lobby", 1, 1), asked(upload("lobby", 1, 1)),
		set(`{"files":"staff"}`), by(bob, upload("lobby", 1, 1)), upload("lobby", 1, 1),
		set(`{"file_types":["image/*"]}`), pdf, images, upload("lobby", 2, 1), asked(pdf),
		set(`{}`), pdf, images,
		set(`{"frozen":true}`), by(bob, upload("lobby", 3, 1)), by(bob, asked(upload("lobby", 3, 1))),
		set(`{"archived":true}`), upload("lobby", 3, 1),
		set(`{}`), carrying(send("lobby", 1, ""), 1),
		set(`{"files":"off"}`), carrying(send("lobby", 2, ""), 2), carrying(send("lobby", 1, ""), 1),
		set(`{}`), by(bob, open("lobby")), rules.Op{Room: "lobby", Sender: ada, Do: rules.Moderate{Act: protocol.ActMute, User: bob.ID}},
		by(bob, upload("lobby", 4, 1)),
	)
	h.equal("codes", codes(got), []string{
		"", "forbidden files_off", "forbidden files_off",
		"", "forbidden files_off", "",
		"", "forbidden file_type", "forbidden file_type", "", "",
		"", "", "forbidden file_type",
		"", "forbidden frozen", "forbidden frozen",
		"", "forbidden archived",
		"", "",
		"", "forbidden files_off", "",
		"", "", "", "forbidden muted",
	})
}

func testQuotas(h *harness) {
	limits := func(op rules.Op, l rules.FileLimits) rules.Op {
		return with(op, func(do *rules.Upload) { do.Limits = l })
	}
	user, room, all := rules.FileLimits{User: 100}, rules.FileLimits{Room: 100}, rules.FileLimits{All: 100}
	got := h.commit(
		limits(upload("a", 1, 60), user), limits(upload("b", 2, 41), user), limits(asked(upload("b", 2, 41)), user), limits(upload("b", 2, 40), user),
		limits(by(bob, upload("b", 3, 60)), user), limits(by(bob, upload("b", 4, 1)), room), limits(by(bob, upload("a", 4, 40)), room), limits(by(bob, upload("c", 5, 1)), all),
		limits(asked(by(bob, upload("c", 5, 1))), all), limits(upload("a", 1, 60), user),
	)
	h.equal("codes", codes(got), []string{
		"", "forbidden quota", "forbidden quota", "", "", "forbidden quota", "", "forbidden quota", "forbidden quota", "",
	})
	h.commit(carrying(send("a", 1, ""), 1))
	h.equal("after a deletion there is room", codes(h.commit(remove("a", 1), limits(upload("c", 6, 60), user))), []string{"", "forbidden quota"})
	h.equal("in the next batch", codes(h.commit(limits(upload("c", 6, 60), user))), []string{""})
	h.stats(h)
}

func testSendWithFiles(h *harness) {
	h.commit(upload("lobby", 1, 10), upload("lobby", 2, 20), by(bob, upload("lobby", 3, 30)), upload("other", 4, 40))
	alt := with(carrying(send("lobby", 1, ""), 1, 2), func(do *rules.Send) { do.Files[1].Alt = "The way in" })
	text := with(carrying(send("lobby", 2, ""), 1), func(do *rules.Send) { do.Text = "hello" })
	got := h.commit(carrying(send("lobby", 5, ""), 9), carrying(send("lobby", 5, ""), 3), carrying(send("lobby", 5, ""), 4), carrying(send("lobby", 5, ""), 1, 9),
		alt, alt, text, carrying(send("lobby", 1, ""), 1, 2), carrying(send("lobby", 1, ""), 2, 1), send("lobby", 1, "x.png\nxx.png"), find(alt),
		by(bob, carrying(send("lobby", 3, ""), 3)), by(bob, carrying(send("lobby", 4, ""), 3)))
	h.equal("codes", codes(got), []string{"not_found", "not_found", "not_found", "not_found", "", "", "conflict", "conflict", "conflict", "conflict", "", "", "conflict"})
	m := h.stored("lobby", 1)
	if m.Text != "x.png\nxx.png" || !m.AutoText || len(m.Files) != 2 || m.Files[1].Alt != "The way in" || m.Files[1].Width != 3 || m.Files[0].ID != id(1) {
		h.Errorf("stored: %+v", m)
	}
	if f, _ := h.file(h, "lobby", 2); f.Seq != m.Seq || f.Alt != "" {
		h.Errorf("stored: %+v", f)
	}
	h.page("lobby", rules.Query{Kind: rules.QueryNewest, Limit: 10})
	h.commit(react("lobby", 1, bob.ID, "👍", true), edit("lobby", 1, "x.png\nxx.png"))
	if m := h.stored("lobby", 1); m.AutoText || m.EditedAt == 0 || len(m.Files) != 2 {
		h.Errorf("edited: %+v", m)
	}
	for kind := rules.QueryNewest; kind <= rules.QuerySearch; kind++ {
		h.page("lobby", rules.Query{Kind: kind, Limit: 10, Words: "png"})
	}
	secret := with(carrying(send("other", 7, ""), 4), func(do *rules.Send) {
		do.Encrypted = &protocol.Encrypted{Alg: "A256GCM", Kid: "k", IV: "AAECAwQFBgcICQoL", CT: "eA"}
	})
	h.commit(secret)
	if m := h.stored("other", 7); m.Encrypted == nil || m.Text != "" || m.AutoText || len(m.Files) != 1 {
		h.Errorf("encrypted: %+v", m)
	}
}

func testFilesGo(h *harness) {
	var ops []rules.Op
	for n := 1; n <= 8; n++ {
		ops = append(ops, upload("lobby", n, 10), carrying(send("lobby", n, ""), n))
	}
	h.commit(append(ops, upload("lobby", 9, 10), by(bob, upload("lobby", 10, 10)), by(bob, carrying(send("lobby", 10, ""), 10)))...)
	want := func(what string, n int) {
		h.Helper()
		if got := len(h.doomed(h)); got != n {
			h.Fatalf("%s: %d are doomed, want %d", what, got, n)
		}
		for n := 1; n <= 12; n++ {
			h.file(h, "lobby", n)
		}
		h.stats(h)
	}
	want("at first", 0)
	h.commit(remove("lobby", 1))
	want("deleted", 1)
	h.commit(upload("lobby", 11, 10), carrying(send("lobby", 11, ""), 11), remove("lobby", 11))
	want("sent and deleted in a batch", 2)
	clearing := rules.Op{Room: "lobby", Sender: ada, Do: rules.Moderate{Act: protocol.ActClear, User: bob.ID}}
	for more := true; more; clearing = again(clearing) {
		more = h.commit(clearing)[0].More
	}
	want("cleared", 3)
	h.commit(rules.Op{Room: "lobby", Do: rules.Erase{User: ada.ID, Pseudonym: "erased", Seqs: []int64{h.stored("lobby", 2).Seq, h.stored("lobby", 3).Seq}}})
	want("erased", 5)
	h.commit(rules.Op{Do: rules.Forget{User: ada.ID, Pseudonym: "erased"}})
	want("the unused of a forgotten user", 6)
	doomed := h.doomed(h)
	for _, s := range []rules.Files{h.files(), h.model} {
		if unknown, err := s.Unknown(h.Context(), append([]string{"blob-lobby-" + id(4), "nobody"}, doomed...)); err != nil || len(unknown) != 7 {
			h.Errorf("not known: %v, %v", unknown, err)
		}
		if err := s.Deleted(h.Context(), doomed[1:]); err != nil {
			h.Fatal(err)
		}
	}
	want("deleted for good", 1)
	h.commit(rules.Op{Room: "lobby", Sender: ada, Do: rules.Drop{}}, upload("lobby", 1, 10))
	want("the room is dropped", 6)
}

func testUnused(h *harness) {
	h.commit(upload("lobby", 1, 10), upload("lobby", 2, 10), carrying(send("lobby", 1, ""), 1))
	h.now = h.now.Add(time.Hour)
	h.commit(upload("lobby", 3, 10), upload("other", 4, 10))
	drop := func(before time.Time, limit, want int) {
		h.Helper()
		for _, s := range []rules.Files{h.files(), h.model} {
			if n, err := s.DropUnused(h.Context(), before, limit); err != nil || n != want {
				h.Errorf("%d were dropped, %v; want %d", n, err, want)
			}
		}
		h.doomed(h)
		h.stats(h)
	}
	drop(h.now.Add(-time.Hour), 10, 0)
	drop(h.now, 10, 1)
	drop(h.now.Add(1), 0, 0)
	drop(h.now.Add(time.Second), 10, 2)
	h.equal("a file that was dropped", codes(h.commit(carrying(send("lobby", 9, ""), 3))), []string{"not_found"})
	h.file(h, "lobby", 1)
}

func testFilesReopen(h *harness) {
	name, err := h.files().FilesName(h.Context(), "name-1")
	if err != nil || name != "name-1" {
		h.Errorf("named %q, %v", name, err)
	}
	h.commit(upload("lobby", 1, 10), upload("lobby", 2, 10), carrying(send("lobby", 1, ""), 1), remove("lobby", 1))
	h.reopen()
	h.doomed(h)
	h.stats(h)
	h.file(h, "lobby", 2)
	h.equal("sent after a reopening", codes(h.commit(carrying(send("lobby", 2, ""), 2))), []string{""})
	if name, err := h.files().FilesName(h.Context(), "name-2"); err != nil || name != "name-1" {
		h.Errorf("named %q, %v", name, err)
	}
}

// testFilesForgotten shows that files of messages that an erasure has missed belong to the pseudonym, and no longer
// count as the user's.
func testFilesForgotten(h *harness) {
	limited := func(op rules.Op) rules.Op {
		return with(op, func(do *rules.Upload) { do.Limits.User = 100 })
	}
	forget := rules.Op{Do: rules.Forget{User: ada.ID, Pseudonym: "erased"}}
	h.commit(upload("lobby", 1, 60), carrying(send("lobby", 1, ""), 1), upload("lobby", 2, 10))
	h.commit(forget)
	h.file(h, "lobby", 1)
	h.equal("the user comes anew", codes(h.commit(limited(upload("lobby", 3, 90)), limited(upload("lobby", 4, 11)))), []string{"", "forbidden quota"})
	h.commit(carrying(send("lobby", 3, ""), 3), forget)
	pseudonymous := func(op rules.Op) rules.Op { return by(protocol.User{ID: "erased", Role: protocol.RoleOrganizer}, op) }
	h.equal("the pseudonym has all of it", codes(h.commit(pseudonymous(asked(limited(upload("lobby", 5, 1)))))), []string{"forbidden quota"})
	h.commit(remove("lobby", 1), remove("lobby", 3))
	h.equal("once it is deleted, nothing", codes(h.commit(pseudonymous(limited(upload("lobby", 5, 100))))), []string{""})
	h.doomed(h)
	h.stats(h)
}

// testFilesModel carries out random ops with files, and compares the store with the model.
func testFilesModel(h *harness) {
	rapid.Check(h.T, func(t *rapid.T) {
		rooms := []string{"room-a", "room-b"}
		sender := rapid.SampledFrom([]protocol.User{ada, bob})
		n, room := rapid.IntRange(1, 6), rapid.SampledFrom(rooms)
		op := rapid.Custom(func(t *rapid.T) rules.Op {
			r := room.Draw(t, "room")
			var op rules.Op
			switch rapid.IntRange(0, 10).Draw(t, "what") {
			case 0, 1, 2:
				op = upload(r, n.Draw(t, "file"), 10)
			case 3, 4, 5:
				op = carrying(send(r, n.Draw(t, "message"), ""), rapid.SliceOfNDistinct(n, 0, 2, rapid.ID[int]).Draw(t, "files")...)
			case 6, 7:
				op = ofAnyUser(remove(r, n.Draw(t, "message")))
			case 8:
				return rules.Op{Do: rules.Forget{User: sender.Draw(t, "user").ID, Pseudonym: "erased"}}
			case 9:
				op = edit(r, n.Draw(t, "message"), "a")
			default:
				op = rules.Op{Room: r, Do: rules.Drop{}}
			}
			op.Sender = sender.Draw(t, "sender")
			return op
		})
		for _, ops := range rapid.SliceOfN(rapid.SliceOfN(op, 1, 8), 1, 6).Draw(t, "batches") {
			for i := range ops { // each upload has a new key
				if do, ok := ops[i].Do.(rules.Upload); ok {
					h.blobs++
					do.File.Blob = "blob-" + id(h.blobs)
					ops[i].Do = do
				}
				if do, ok := ops[i].Do.(rules.Send); ok && len(do.Files) == 0 {
					do.Text = "no files"
					ops[i].Do = do
				}
			}
			h.pair.commit(t, h.now, ops)
		}
		for _, r := range rooms {
			for n := 1; n <= 6; n++ {
				h.file(t, r, n)
			}
			h.pair.page(t, r, ada.ID, rules.Query{Kind: rules.QuerySince, Limit: 100})
		}
		h.doomed(t)
		h.stats(t)
		var limited []rules.Op // they show the bytes that are counted for each user
		for _, user := range []string{ada.ID, bob.ID, "erased"} {
			for bytes := int64(10); bytes <= 150; bytes += 10 {
				limited = append(limited, by(protocol.User{ID: user, Role: protocol.RoleOrganizer}, with(asked(upload("room-c", 1, 10)), func(do *rules.Upload) { do.Limits.User = bytes })))
			}
		}
		h.pair.commit(t, h.now, limited)
	})
}
