// Package media shows files: the pictures, players and cards of a message, the strip of files that the
// user attaches, and the large view of pictures. [Box] is the main type: it shows the files of one
// message, or the strip. [Shelf] holds their bytes: it asks the client's core for a URL of each file that
// comes into view, and keeps the URLs of thumbnails. [Lightbox] shows pictures large.
//
// A picture has its final size from the first paint, because its size is known before its bytes. The log shows
// a thumbnail. The large view replaces the thumbnail by the picture itself. If the page's policy forbids
// pictures from memory (img-src blob:), cards are shown instead.
//
// To show another kind of file, add a case to [Box.Show] and its content to newCard. To add a button, add an
// action, and a case in [Shelf.Act] or in the part that carries the action out.
//
// # What this package must not know
//
// Tokens, the relay, the rows of the log, and the composer. Sizes are set through the CSS object model, because
// a strict Content Security Policy forbids style attributes.
package media
