// Package dom wraps the document for the parts of the view: it makes elements, measures
// them, and interprets keys. Its functions take and return [app.Value], and keep no state.
//
// Add a helper here only if two parts of the view need it.
//
// # What this package must not know
//
// Messages, languages, and the look of the chat. It writes no HTML and no style attribute.
package dom
