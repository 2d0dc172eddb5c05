package native

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hallway/component/client"
	"hallway/component/driver"
	"hallway/component/driver/storagetest"
)

// saveVariable names the folder that saveForever saves into.
const saveVariable = "HALLWAY_TEST_SAVE_INTO"

var key = driver.Key{Relay: "http://127.0.0.1:1", User: "u1", Room: "lobby"}

func TestFileStorage(t *testing.T) {
	storagetest.Run(t, func(t *testing.T) func() driver.Storage {
		folder := filepath.Join(t.TempDir(), "outbox")
		return func() driver.Storage { return newFileStorage(folder) }
	})
	t.Run("files", func(t *testing.T) {
		storagetest.RunFiles(t, func(t *testing.T) func() driver.Storage {
			folder := filepath.Join(t.TempDir(), "outbox")
			return func() driver.Storage { return newFileStorage(folder) }
		})
	})
}

// saveForever saves items and changes them, and prints the number of each safe save.
func saveForever(folder string) {
	s := newFileStorage(folder)
	for i := int64(0); ; i++ {
		item := client.Item{ID: fmt.Sprint(i % 10), Text: strings.Repeat(fmt.Sprint(i), 500), Order: i}
		if err := s.Save(context.Background(), key, item); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		fmt.Println(i)
	}
}

func TestFileStorageSurvivesKill(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "outbox")
	random := random(t)
	for range 10 {
		last := saveUntilKilled(t, folder, 1+random.IntN(60), time.Duration(random.IntN(2000))*time.Microsecond)
		items, err := newFileStorage(folder).Load(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		if len(items) < min(int(last)+1, 10) {
			t.Fatalf("%d items are left of those saved up to %d", len(items), last)
		}
		for _, item := range items {
			if item.Text != strings.Repeat(fmt.Sprint(item.Order), 500) {
				t.Fatalf("an item is torn: %+v", item)
			}
		}
		if newest := items[len(items)-1].Order; newest < last {
			t.Fatalf("item %d was safe; the newest now is %d", last, newest)
		}
	}
}

// saveUntilKilled starts a program that saves, kills it shortly after a number of safe saves, and returns the number of the last one.
func saveUntilKilled(t *testing.T, folder string, saves int, later time.Duration) (last int64) {
	t.Helper()
	program := exec.Command(os.Args[0])
	program.Env = append(os.Environ(), saveVariable+"="+folder)
	program.Stderr = os.Stderr
	out, err := program.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := program.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for n := 0; lines.Scan(); n++ {
		if _, err := fmt.Sscan(lines.Text(), &last); err != nil {
			t.Fatal(err)
		}
		if n == saves {
			time.AfterFunc(later, func() { _ = program.Process.Kill() })
		}
	}
	if err := program.Wait(); err == nil || err.Error() != "signal: killed" {
		t.Fatal("the program ended by itself: ", err)
	}
	return last
}

func TestFileStorageSkipsWhatItCannotRead(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "outbox")
	s := newFileStorage(folder)
	if err := s.Save(t.Context(), key, client.Item{ID: "a", Text: "one"}); err != nil {
		t.Fatal(err)
	}
	outboxes, err := filepath.Glob(filepath.Join(folder, "*"))
	if err != nil || len(outboxes) != 1 {
		t.Fatal(outboxes, err)
	}
	later := filepath.Join(outboxes[0], "later.json")
	old := filepath.Join(outboxes[0], "unfinished-old")
	fresh := filepath.Join(outboxes[0], "unfinished-fresh")
	for path, text := range map[string]string{later: `{"v":2,"id":"b"}`, old: `{"v":1,"id`, fresh: `{"v":1,"id`} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chtimes(old, time.Time{}, time.Now().Add(-2*time.Hour)); err != nil {
		t.Fatal(err)
	}
	items, err := s.Load(t.Context(), key)
	if err != nil || len(items) != 1 || items[0].ID != "a" {
		t.Errorf("got %v, %v", items, err)
	}
	for path, stays := range map[string]bool{later: true, old: false, fresh: true} {
		if _, err := os.Stat(path); (err == nil) != stays {
			t.Errorf("%s: stays must be %v, got %v", filepath.Base(path), stays, err)
		}
	}
}

func TestFileStorageTellsThatItCannotBeUsed(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, folder := range []string{file, filepath.Join(file, "outbox"), filepath.Join(t.TempDir(), "no", "such")} {
		err := newFileStorage(folder).Save(t.Context(), key, client.Item{ID: "a"})
		if !errors.Is(err, driver.ErrNoStorage) {
			t.Errorf("%s: got %v", folder, err)
		}
	}
}
