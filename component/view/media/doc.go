// Package media shows files: the pictures, players and cards of a message, the strip of files that the
// user attaches, and the large view of pictures. [Box] is the main type: it shows the files of one
// message, or the strip. [Shelf] has their bytes: it asks the client's core for a URL of each file that
// comes into sight, and keeps those of thumbnails. [Lightbox] shows pictures large.
//
// A picture has its place from the first paint, because its size is known before its bytes. It shows a
// thumbnail; the large view goes on from there to the picture itself. Where the page's policy forbids
// pictures from memory (img-src blob:), cards stand in their place.
//
// To show another kind of file, give it a case in [Box.Show] and its content in newCard. A new button of
// a file gets an action, and its case in [Shelf.Act] or in the part that the action belongs to.
//
// # What this package must not know
//
// Tokens, the relay, the rows of the log, the composer. Sizes are set through the CSS object model: a
// strict Content Security Policy forbids style attributes.
package media
