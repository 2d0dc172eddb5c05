package intake

import (
	"bufio"
	"context"
	"io"
	"os"

	"hallway/files/media"
)

// Pictures are the open files of a picture. All but In are empty, and are written from the beginning.
type Pictures struct {
	In           *os.File // as received
	Clean        *os.File // without metadata
	Large, Small *os.File // the thumbnails of media.ThumbLarge and media.ThumbSmall, if the picture is larger
}

// Processor decodes a picture of a type that media.Sniff has found, and writes its files. The error is media.ErrPicture if it is refused.
type Processor func(ctx context.Context, typ string, p Pictures) (media.Picture, error)

// Process is a Processor that runs in the present process.
func Process(ctx context.Context, typ string, p Pictures) (media.Picture, error) {
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
	picture, err := media.Process(ctx, typ, in, info.Size(), media.Out{Picture: clean, Thumb: thumb})
	if err != nil {
		return media.Picture{}, err
	}
	return picture, clean.flush()
}
