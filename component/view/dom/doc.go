// Package dom wraps the document for the parts of the view: it makes elements, measures
// them, and interprets keys. The main type is [app.Value], which its functions take and return; they keep no state.
//
// To share a helper between two parts of the view, add it here. A helper of one part belongs to
// that part.
//
// # What this package must not know
//
// Messages, languages, the look of the chat. It writes no HTML and no style attribute.
package dom
