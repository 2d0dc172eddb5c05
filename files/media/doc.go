// Package media looks at the bytes of an upload: [Sniff] tells their type, and [Look] prepares a picture.
//
// What a client says of a file does not count. A picture's size is read before any pixel is decoded. What is stored of it
// is written anew, piece by piece: the pixels as they came, without metadata and without anything behind
// the picture's end. Only a picture that its metadata turns is encoded again, turned.
//
//	sniff.go                            types
//	jpeg.go png.go gif.go webp.go       the pieces of each format: which of them stay
//	exif.go                             the orientation
//	look.go                             decodes a picture, turns it, makes thumbnails
//
// To add a format of pictures, write its strip function, and add it to formats.
//
// # What this package must not know
//
// Where bytes come from and go to; rooms, users, quotas. How many pictures are decoded at once is its caller's to bound.
package media
