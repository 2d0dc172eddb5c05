package media

import (
	"context"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/image/draw"
)

// The sizes of thumbnails: the side of the square into which each fits.
const (
	ThumbSmall = 320
	ThumbLarge = 1280
)

const (
	turnedQuality = 92 // the quality of a JPEG that is encoded again
	thumbQuality  = 80
)

// Picture describes a processed picture.
type Picture struct {
	Type          string // the type of the written picture
	Width, Height int    // after the orientation is applied
	ThumbType     string // the type of the thumbnails; "" without thumbnails
}

// Out holds the destinations of Process.
type Out struct {
	// Picture receives the picture without metadata. If the picture must be turned, Process empties it and writes it again.
	Picture interface {
		io.Writer
		io.ReaderAt
		Restart() error
		Size() int64
	}
	// Thumb receives a thumbnail. Process calls it for the sizes below that of the picture, the largest first.
	Thumb func(size int, typ string, write func(io.Writer) error) error
}

// Process writes a picture without its metadata, turned by its orientation, and its thumbnails. typ is the type from
// Sniff. The error is ErrPicture if the picture is too large or malformed. Process takes a CPU and much memory: its
// caller bounds the number of concurrent calls.
func Process(ctx context.Context, typ string, r io.Reader, size int64, out Out) (p Picture, err error) {
	f, ok := formats[typ]
	if !ok {
		return p, fmt.Errorf("media: %s is not a type of picture", typ)
	}
	h, err := f.strip(out.Picture, newSource(r, size))
	if err != nil {
		return p, err
	}
	if err := ctx.Err(); err != nil {
		return p, err
	}
	pixels, err := decode(f, out.Picture, h)
	if err != nil {
		return p, err
	}
	p = Picture{Type: typ, Width: h.width, Height: h.height}
	if h.orientation > 1 {
		if pixels, err = p.turn(pixels, h, out); err != nil {
			return p, err
		}
	}
	return p, p.thumbs(ctx, pixels, out)
}

// decode decodes the written picture. If the decoder panics, the picture is malformed.
func decode(f format, from interface {
	io.ReaderAt
	Size() int64
}, h header) (pixels image.Image, err error) {
	defer func() {
		if recover() != nil {
			err = malformed("it does not decode")
		}
	}()
	pixels, err = f.decode(io.NewSectionReader(from, 0, from.Size()))
	if err != nil {
		return nil, malformed("it does not decode")
	}
	if b := pixels.Bounds(); b.Empty() || b.Dx() > h.width || b.Dy() > h.height {
		return nil, malformed("it does not decode")
	}
	return pixels, nil
}

// turn applies the orientation to the pixels, and writes them in place of the picture. An animation stays as it is.
func (p *Picture) turn(pixels image.Image, h header, out Out) (image.Image, error) {
	if h.animated {
		return pixels, nil
	}
	pixels = turned(pixels, h.orientation)
	p.Width, p.Height = pixels.Bounds().Dx(), pixels.Bounds().Dy()
	if err := out.Picture.Restart(); err != nil {
		return nil, err
	}
	if p.Type == TypePNG || !opaque(pixels) {
		p.Type = TypePNG
		return pixels, png.Encode(out.Picture, pixels)
	}
	p.Type = TypeJPEG
	return pixels, jpeg.Encode(out.Picture, pixels, &jpeg.Options{Quality: turnedQuality})
}

// turned returns a picture turned by an orientation of 2 to 8.
func turned(src image.Image, orientation int) image.Image {
	b := src.Bounds()
	w, h := b.Dx(), b.Dy()
	if orientation >= 5 {
		w, h = h, w
	}
	dst := image.NewNRGBA(image.Rect(0, 0, w, h))
	row := image.NewNRGBA(image.Rect(0, 0, b.Dx(), 1))
	for y := range b.Dy() {
		draw.Draw(row, row.Bounds(), src, image.Pt(b.Min.X, b.Min.Y+y), draw.Src)
		for x := range b.Dx() {
			to := place(orientation, x, y, b.Dx(), b.Dy())
			copy(dst.Pix[dst.PixOffset(to.X, to.Y):], row.Pix[4*x:4*x+4])
		}
	}
	return dst
}

// place returns the new place of a pixel in a picture of w × h.
func place(orientation, x, y, w, h int) image.Point {
	switch orientation {
	case 2:
		return image.Pt(w-1-x, y)
	case 3:
		return image.Pt(w-1-x, h-1-y)
	case 4:
		return image.Pt(x, h-1-y)
	case 5:
		return image.Pt(y, x)
	case 6:
		return image.Pt(h-1-y, x)
	case 7:
		return image.Pt(h-1-y, w-1-x)
	case 8:
		return image.Pt(y, w-1-x)
	}
	return image.Pt(x, y)
}

// opaque reports whether all pixels are opaque. It returns false if the image cannot tell.
func opaque(m image.Image) bool {
	o, ok := m.(interface{ Opaque() bool })
	return ok && o.Opaque()
}

// thumbs writes the thumbnails, each from the next larger one.
func (p *Picture) thumbs(ctx context.Context, pixels image.Image, out Out) error {
	for _, size := range [...]int{ThumbLarge, ThumbSmall} {
		if p.Width <= size && p.Height <= size {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		longest := max(p.Width, p.Height)
		small := shrink(pixels, max(1, p.Width*size/longest), max(1, p.Height*size/longest))
		if p.ThumbType == "" {
			if p.ThumbType = TypeJPEG; !opaque(small) {
				p.ThumbType = TypePNG
			}
		}
		err := out.Thumb(size, p.ThumbType, func(w io.Writer) error {
			if p.ThumbType == TypePNG {
				return png.Encode(w, small)
			}
			return jpeg.Encode(w, small, &jpeg.Options{Quality: thumbQuality})
		})
		if err != nil {
			return err
		}
		pixels = small
	}
	return nil
}

// shrink scales pixels down to w × h. It halves them first, which uses every pixel and takes little memory.
func shrink(src image.Image, w, h int) image.Image {
	size := src.Bounds().Size()
	for size.X >= 2*w && size.Y >= 2*h {
		size.X, size.Y = (size.X+1)/2, (size.Y+1)/2
		src = scaled(src, size.X, size.Y)
	}
	if size.X == w && size.Y == h {
		return src
	}
	return scaled(src, w, h)
}

func scaled(src image.Image, w, h int) image.Image {
	dst := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.ApproxBiLinear.Scale(dst, dst.Bounds(), src, src.Bounds(), draw.Src, nil)
	return dst
}

// Reason returns the part of an ErrPicture's text that is safe to show.
func Reason(err error) string {
	if errors.Is(err, ErrPicture) {
		return err.Error()
	}
	return ErrPicture.Error()
}
