package place

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"

	"hallway/files"
	"hallway/relay/rules"
)

// Export copies the files of a user into a folder, each under the name room~id. It calls show after each row.
func Export(ctx context.Context, place files.Store, rows Rows, user, folder string, show func(done, total int)) error {
	done := 0
	_, err := rows(ctx, func(f rules.StoredFile, all int) error {
		done++
		show(done, all)
		if f.Owner != user {
			return nil
		}
		body, _, err := place.Get(ctx, f.Blob, 0, -1)
		if errors.Is(err, files.ErrNotFound) {
			return nil // deleted meanwhile
		}
		if err != nil {
			return err
		}
		return errors.Join(writeFile(folder, f.Room+"~"+f.ID, body), body.Close())
	})
	return err
}

func writeFile(folder, name string, content io.Reader) error {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	file, err := os.OpenFile(filepath.Join(folder, name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(file, content)
	return errors.Join(err, file.Close())
}
