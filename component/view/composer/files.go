package composer

import (
	"slices"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"hallway/component/client"
	"hallway/component/view/action"
	"hallway/component/view/dom"
	"hallway/component/view/media"
	"hallway/component/view/text"
)

// files holds the strip of attached files and the buttons that choose files.
type files struct {
	*shared
	field    *field
	strip    *media.Box // nil while not mounted
	dropping bool       // files are being dragged over the chat
	// attached and refused are texts for assistive technology: the number of attached files, and the reason of a refusal.
	attached, refused string
}

// ui draws an element, which the strip fills.
func (f *files) ui() app.UI {
	return dom.UI("div", "").Body(
		dom.UI("ul", "hallway-strip").Attr("part", "strip").Attr("role", "list").
			Aria("label", f.text.Say(text.AttachedFiles)).OnClick(f.onStrip),
		dom.LiveUI(f.attached),
		dom.LiveUI(f.refused),
	)
}

// buttonUI draws a button that chooses files, and the browser's hidden input for it.
func (f *files) buttonUI(does action.Action) app.UI {
	name := does.Name(f.text)
	input := dom.UI("input", "").Attr("type", "file").Hidden(true).OnChange(f.onChosen)
	shown := f.Snap.KnowsFiles
	if does == action.Camera {
		input = input.Attr("accept", "image/*").Attr("capture", "environment")
		shown = shown && f.keys.Touch
	} else {
		input = input.Attr("multiple", true)
	}
	return dom.UI("div", "hallway-choose").Hidden(!shown).Body(
		dom.ButtonUI("hallway-"+string(does), name, f.onChoose).Attr("part", string(does)).DataSet("icon", string(does)).
			Attr("disabled", !f.Snap.ComposerOpen),
		input,
	)
}

// onChoose opens the browser's dialog for files.
func (f *files) onChoose(ctx app.Context, e app.Event) {
	ctx.PreventUpdate()
	dom.Find(dom.Closest(e.Get("target"), ".hallway-choose"), "input").Call("click")
}

// onChosen attaches the chosen files, and empties the input so that they can be chosen again.
func (f *files) onChosen(ctx app.Context, e app.Event) {
	ctx.PreventUpdate()
	input := e.Get("target")
	f.attach(input.Get("files"))
	input.Set("value", "")
	f.field.focus()
}

// mayAttach reports whether files can be attached now.
func (f *files) mayAttach() bool { return f.Snap.KnowsFiles && f.Snap.ComposerOpen }

// attach puts the files of a browser's FileList into the strip, as many as a message may have.
func (f *files) attach(files app.Value) {
	if !f.mayAttach() {
		f.Status.SetNote(f.text.Say(text.NoFiles))
		return
	}
	f.Status.SetNote("")
	room := int(f.Snap.FilesMax) - len(f.Snap.Strip)
	taken := app.Window().Get("Array").Call("from", files).Call("slice", 0, max(0, room))
	if files.Length() > taken.Length() {
		f.Status.SetNote(f.text.Count(text.FilesMax, int(f.Snap.FilesMax)))
	}
	var each, done app.Func
	each = app.FuncOf(func(_ app.Value, args []app.Value) any {
		found := args[0]
		f.Run(func(app.Context) {
			size := func(of string) int64 {
				if v := found.Get(of); v.Truthy() {
					return int64(v.Int())
				}
				return 0
			}
			if err := f.Attach(found.Get("file"), size("width"), size("height")); err != nil {
				f.Status.SetNote(text.Because(f.text.Say(text.FileRefused), f.text.Say(text.NotNow)))
			}
		})
		return nil
	})
	n := taken.Length()
	done = app.FuncOf(func(app.Value, []app.Value) any {
		each.Release()
		done.Release()
		f.Run(func(app.Context) {
			if n > 0 {
				f.attached = f.text.Count(text.Attached, n)
				f.update()
			}
		})
		return nil
	})
	app.Window().Call("lookAt", taken, each).Call("then", done)
}

// ready returns the ids of the attached files to send: all except failed ones.
func (f *files) ready() (ids []string) {
	for i := range f.Snap.Strip {
		if f.Snap.Strip[i].State != client.UploadFailed && len(ids) < int(f.Snap.FilesMax) {
			ids = append(ids, f.Snap.Strip[i].ID)
		}
	}
	return ids
}

// makeStrip makes a new strip in the chat's language, and the icons of the buttons beside the field.
func (f *files) makeStrip() {
	if f.root == nil {
		return
	}
	root := dom.Find(f.root, ".hallway-strip")
	root.Call("replaceChildren")
	f.strip = f.Shelf.NewStrip(root)
	f.strip.Show(f.Snap.Strip)
	for _, does := range [...]action.Action{action.Attach, action.Camera} {
		dom.Find(f.root, "[data-icon="+string(does)+"]").Call("replaceChildren", action.Icon(does))
	}
}

// follow shows the attached files of the snapshot. It reports whether the texts for assistive technology have
// changed.
func (f *files) follow() (says bool) {
	if f.strip == nil {
		return false
	}
	for _, a := range f.Snap.Strip {
		failed := func(old client.Attachment) bool { return old.ID == a.ID && old.State == client.UploadFailed }
		if a.State == client.UploadFailed && !slices.ContainsFunc(f.strip.Shown(), failed) {
			f.refused = text.ShownName(a.Name) + ": " + f.text.FileRefusal(a.Code, a.Reason, a.Why)
			says = true
		}
	}
	f.strip.Show(f.Snap.Strip)
	return says
}

// onStrip handles clicks on the buttons of attached files.
func (f *files) onStrip(ctx app.Context, e app.Event) {
	ctx.PreventUpdate()
	does, control := action.Of(e)
	if control == nil {
		return
	}
	if does != action.Describe {
		f.Shelf.Act(does, "", control)
		f.field.focus() // the button disappears
		return
	}
	f.Act(action.Describe, dom.Data(dom.Closest(control, "[data-file]"), "file"))
}

// onDrop attaches files. The browser handles a text that is dropped into the field.
func (f *files) onDrop(_ app.Context, e app.Event) {
	f.dropping = false
	if _, files := transferred(e.Get("dataTransfer")); files {
		f.attach(e.Get("dataTransfer").Get("files"))
		f.field.focus()
	}
}

// onDragEnter shows the dropzone, because files can be dropped anywhere in the chat.
func (f *files) onDragEnter(ctx app.Context, e app.Event) {
	if _, files := transferred(e.Get("dataTransfer")); !files || f.dropping || !f.mayAttach() {
		ctx.PreventUpdate()
		return
	}
	f.dropping = true
}

// onDragLeave hides the dropzone when files are dragged away. The dropzone covers the chat, so its own event comes last.
func (f *files) onDragLeave(ctx app.Context, e app.Event) {
	if target := e.Get("target"); !f.dropping || !target.Call("matches", ".hallway-dropzone").Bool() {
		ctx.PreventUpdate()
		return
	}
	f.dropping = false
}
