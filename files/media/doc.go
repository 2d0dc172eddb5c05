// Package media inspects the bytes of an upload: [Sniff] returns their type, and [Process] prepares a picture.
//
// The type that a client names does not count. A picture's size is read before any pixel is decoded. The stored picture
// is written piece by piece: the original pixels, without metadata and without the bytes after the picture's end. A
// picture is encoded again only if its metadata says that it is turned.
//
//	sniff.go                            types
//	jpeg.go png.go gif.go webp.go       the pieces of each format, and those that stay
//	exif.go                             the orientation
//	process.go                          decodes a picture, turns it, makes thumbnails
//
// To add a format of pictures, write its strip function, and add it to formats.
//
// # What this package must not know
//
// The source and the place of the bytes; rooms, users, quotas. The caller bounds the number of pictures decoded at once.
package media
