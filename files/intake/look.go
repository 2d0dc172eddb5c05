package intake

import (
	"bufio"
	"context"
	"io"
	"os"

	"hallway/files/media"
)

// Pictures are the open files of a look at a picture. All are empty but In, and are written from the beginning.
type Pictures struct {
	In           *os.File // as it came
	Clean        *os.File // without metadata
	Large, Small *os.File // the thumbnails of media.ThumbLarge and media.ThumbSmall, of pictures that are larger
}

// A Looker looks at a picture of a type that media.Sniff has found. The error is media.ErrPicture where it is none that is taken.
type Looker func(ctx context.Context, typ string, p Pictures) (media.Picture, error)

// Look is a Looker that works in this process.
func Look(ctx context.Context, typ string, p Pictures) (media.Picture, error) {
	info, err := p.In.Stat()
	if err != nil {
		return media.Picture{}, err
	}
	clean := &spool{file: p.Clean, w: bufio.NewWriterSize(p.Clean, spoolBytes)}
	thumb := func(size int, _ string, write func(io.Writer) error) error {
		to := p.Small
		if size == media.ThumbLarge {
			to = p.Large
		}
		w := bufio.NewWriterSize(to, spoolBytes)
		if err := write(w); err != nil {
			return err
		}
		return w.Flush()
	}
	in := io.NewSectionReader(p.In, 0, info.Size())
	picture, err := media.Look(ctx, typ, in, info.Size(), media.Out{Picture: clean, Thumb: thumb})
	if err != nil {
		return media.Picture{}, err
	}
	return picture, clean.flush()
}
