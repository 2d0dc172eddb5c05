package view

import (
	"slices"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"hallway/component/client"
	"hallway/component/view/action"
	"hallway/component/view/text"
)

// stripUI draws the strip of attached files, which the strip itself fills.
func (c *composer) stripUI() app.UI {
	return app.Div().Body(
		app.Ul().Class("hallway-strip").Attr("part", "strip").Attr("role", "list").
			Aria("label", c.text.Say(text.AttachedFiles)).OnClick(c.onStrip),
		app.Span().Class("hallway-hidden").Aria("live", "polite").Text(c.says),
		app.Span().Class("hallway-hidden").Aria("live", "polite").Text(c.refused),
	)
}

// attachUI draws a button that chooses files, and the browser's own field behind it.
func (c *composer) attachUI(does action.Action) app.UI {
	name := does.Name(c.text)
	input := app.Input().Type("file").Hidden(true).OnChange(c.onChosen)
	shown := c.snap.KnowsFiles
	if does == action.Camera {
		input = input.Accept("image/*").Attr("capture", "environment")
		shown = shown && c.settings.Touch
	} else {
		input = input.Multiple(true)
	}
	return app.Div().Class("hallway-choose").Hidden(!shown).Body(
		app.Button().Class("hallway-"+string(does)).Attr("part", string(does)).Type("button").DataSet("icon", string(does)).
			Aria("label", name).Title(name).Disabled(!c.snap.ComposerOpen).OnClick(c.onChoose),
		input,
	)
}

// onChoose opens the browser's choice of files.
func (c *composer) onChoose(ctx app.Context, e app.Event) {
	ctx.PreventUpdate()
	e.Get("target").Call("closest", ".hallway-choose").Call("querySelector", "input").Call("click")
}

// onChosen attaches the files that were chosen. The same ones can be chosen again.
func (c *composer) onChosen(ctx app.Context, e app.Event) {
	ctx.PreventUpdate()
	input := e.Get("target")
	c.attach(ctx, input.Get("files"))
	input.Set("value", "")
	c.focus()
}

// mayAttach reports whether files can be attached now.
func (c *composer) mayAttach() bool { return c.snap.KnowsFiles && c.snap.ComposerOpen }

// attach puts files, a FileList of the browser's, into the strip, as many as a message may have.
func (c *composer) attach(ctx app.Context, files app.Value) {
	if !c.mayAttach() {
		c.status.setNote(ctx, c.text.Say(text.NoFiles))
		return
	}
	c.status.setNote(ctx, "")
	room := int(c.snap.FilesMax) - len(c.snap.Strip)
	taken := app.Window().Get("Array").Call("from", files).Call("slice", 0, max(0, room))
	if files.Length() > taken.Length() {
		c.status.setNote(ctx, c.text.Count(text.FilesMax, int(c.snap.FilesMax)))
	}
	var each, done app.Func
	each = app.FuncOf(func(_ app.Value, args []app.Value) any {
		found := args[0]
		c.run(func(ctx app.Context) {
			size := func(of string) int64 {
				if v := found.Get(of); v.Truthy() {
					return int64(v.Int())
				}
				return 0
			}
			if err := c.props.Attach(found.Get("file"), size("width"), size("height")); err != nil {
				c.status.setNote(ctx, text.Because(c.text.Say(text.FileRefused), c.text.Say(text.NotNow)))
			}
		})
		return nil
	})
	n := taken.Length()
	done = app.FuncOf(func(app.Value, []app.Value) any {
		each.Release()
		done.Release()
		c.run(func(ctx app.Context) {
			if n > 0 {
				c.says = c.text.Count(text.Attached, n)
				ctx.Update()
			}
		})
		return nil
	})
	app.Window().Call("lookAt", taken, each).Call("then", done)
}

// ready returns the ids of the attached files that go with a message: all but those that failed.
func (c *composer) ready() (ids []string) {
	for i := range c.snap.Strip {
		if c.snap.Strip[i].State != client.UploadFailed && len(ids) < int(c.snap.FilesMax) {
			ids = append(ids, c.snap.Strip[i].ID)
		}
	}
	return ids
}

// makeStrip makes the strip anew, in the chat's language, with the icons of the buttons beside the field.
func (c *composer) makeStrip() {
	if c.root == nil {
		return
	}
	root := c.root.Call("querySelector", ".hallway-strip")
	root.Call("replaceChildren")
	c.strip = c.shelf.NewStrip(root)
	c.strip.Show(c.snap.Strip)
	for _, does := range [...]action.Action{action.Attach, action.Camera} {
		c.root.Call("querySelector", "[data-icon="+string(does)+"]").Call("replaceChildren", action.Icon(does))
	}
}

// followFiles shows the attached files of the snapshot. It reports whether there is something to say to
// assistive technology: why a file was refused.
func (c *composer) followFiles() (says bool) {
	if c.strip == nil {
		return false
	}
	for _, f := range c.snap.Strip {
		failed := func(old client.Attachment) bool { return old.ID == f.ID && old.State == client.UploadFailed }
		if f.State == client.UploadFailed && !slices.ContainsFunc(c.strip.Shown(), failed) {
			c.refused = text.ShownName(f.Name) + ": " + c.text.FileRefusal(f.Code, f.Reason, f.Why)
			says = true
		}
	}
	c.strip.Show(c.snap.Strip)
	return says
}

// onStrip hears the clicks on the buttons of attached files.
func (c *composer) onStrip(ctx app.Context, e app.Event) {
	ctx.PreventUpdate()
	does, control := action.Of(e)
	if control == nil {
		return
	}
	if does != action.Describe {
		c.shelf.Act(does, "", control)
		c.focus() // the button goes away
		return
	}
	id := control.Call("closest", "[data-file]").Get("dataset").Get("file").String()
	if i := slices.IndexFunc(c.snap.Strip, func(f client.Attachment) bool { return f.ID == id }); i >= 0 {
		c.describe(&c.snap.Strip[i])
	}
}
