package place

import (
	"context"
	"errors"
	"fmt"
	"io"

	"hallway/files"
	"hallway/relay/rules"
)

// Check calls found for each file whose bytes are missing at the place or have another size. A nil place holds no
// bytes.
func Check(ctx context.Context, place files.Store, rows Rows, found func(string), show func(done, total int)) error {
	stored := make(map[string]int64)
	if place != nil {
		if err := place.List(ctx, func(b files.Blob) error { stored[b.Key] = b.Size; return nil }); err != nil {
			return err
		}
	}
	done := 0
	var suspects []rules.StoredFile
	_, err := rows(ctx, func(f rules.StoredFile, all int) error {
		for _, key := range keysOf(&f) {
			size, ok := stored[key]
			if !ok || key == f.Blob && size != f.Size {
				suspects = append(suspects, f)
				break
			}
		}
		done++
		show(done, all)
		return nil
	})
	if err != nil || len(suspects) == 0 {
		return err
	}
	return confirm(ctx, place, rows, suspects, found)
}

// confirm reports the suspects that are still in the database and still wrong, because a relay may have changed them
// meanwhile.
func confirm(ctx context.Context, place files.Store, rows Rows, suspects []rules.StoredFile, found func(string)) error {
	wrong := make(map[string]string)
	for _, f := range suspects {
		for _, key := range keysOf(&f) {
			size, err := int64(0), files.ErrNotFound
			if place != nil {
				var body io.ReadCloser
				if body, size, err = place.Get(ctx, key, 0, 0); err == nil {
					err = body.Close()
				}
			}
			switch {
			case errors.Is(err, files.ErrNotFound):
				wrong[f.Blob] = "is missing"
			case err != nil:
				return err
			case key == f.Blob && size != f.Size:
				wrong[f.Blob] = fmt.Sprintf("has %d bytes in place of %d", size, f.Size)
			}
		}
	}
	_, err := rows(ctx, func(f rules.StoredFile, _ int) error {
		if how := wrong[f.Blob]; how != "" {
			found(fmt.Sprintf("the file %s of room %q %s", f.ID, f.Room, how))
		}
		return nil
	})
	return err
}
