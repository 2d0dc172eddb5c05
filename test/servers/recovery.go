package servers

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// archived returns the settings of a server that archives its write-ahead log in a folder.
func archived(folder string) []string {
	return []string{"archive_mode=on", "archive_command=mkdir -p '" + folder + "' && cp %p '" + folder + "/%f'"}
}

// NewArchivedCluster starts a cluster that keeps its whole write-ahead log, for [Cluster.BaseBackup].
func NewArchivedCluster(t Test) *Cluster {
	t.Helper()
	archive, err := os.MkdirTemp("", "hallway-archive-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(archive) })
	if user := databaseUser(t); user != nil {
		if err := os.Chown(archive, int(user.Uid), int(user.Gid)); err != nil {
			t.Fatal(err)
		}
	}
	c := NewCluster(t, archived(archive)...)
	c.archive = archive
	return c
}

// BaseBackup copies the files of a running cluster and returns the copy for [Cluster.Recover].
func (c *Cluster) BaseBackup(t Test) *Cluster {
	t.Helper()
	copied := newCluster(t)
	t.Cleanup(copied.close)
	copied.archive = c.archive
	c.client(t, "pg_basebackup", "--pgdata", copied.data(), "--checkpoint", "fast", "--wal-method", "none")
	return copied
}

// Recover starts a copied cluster and recovers it, from the archived log, to a restore point (pg_create_restore_point).
func (c *Cluster) Recover(t Test, point string) {
	t.Helper()
	signal := filepath.Join(c.data(), "recovery.signal")
	err := os.WriteFile(signal, nil, 0o600)
	if err == nil && c.user != nil {
		err = os.Chown(signal, int(c.user.Uid), int(c.user.Gid))
	}
	if err != nil {
		t.Fatal(err)
	}
	c.serve([]string{
		"archive_mode=off", "restore_command=cp '" + c.archive + "/%f' %p", "recovery_target_name=" + point, "recovery_target_action=promote",
	})
	c.untilPromoted(t)
}

// untilPromoted waits until the recovery has ended and the database can be written.
func (c *Cluster) untilPromoted(t Test) {
	t.Helper()
	for {
		ask := exec.Command(filepath.Join(c.programs, "psql"), "-XAtd", c.URL("postgres"), "-c", "SELECT pg_is_in_recovery()")
		out, err := ask.Output()
		if err != nil {
			t.Fatalf("psql: %v", err)
		}
		if strings.TrimSpace(string(out)) == "f" {
			return
		}
	}
}

// PostgreSQLPrograms returns the folder of PostgreSQL's programs.
func PostgreSQLPrograms(t Test) string {
	t.Helper()
	return installed(t, "postgresql")
}
