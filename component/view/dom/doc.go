// Package dom holds what the parts of the view need of the document: making elements, measuring
// them, and telling what a key does. The functions take and return [app.Value] and keep no state.
//
// To share a helper between two parts of the view, put it here; a helper of one part belongs to
// that part.
//
// # What this package must not know
//
// Messages, languages, what the chat looks like. It writes no HTML and no style attribute.
package dom
