package durable

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// asNobody does something as a user to whom nothing belongs and who has no rights but everybody's,
// if this process has those of root. A thread has a user of its own for files.
func asNobody(t *testing.T, do func()) {
	t.Helper()
	const nobody = 65534
	if os.Geteuid() != 0 {
		do()
		return
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	_, err := unix.SetfsuidRetUid(nobody)
	require.NoError(t, err)
	defer func() {
		_, err := unix.SetfsuidRetUid(0)
		require.NoError(t, err)
	}()
	do()
}

// TestReadOnlyFolder holds that a log which is there needs no right to write to its folder, that a new
// one does, and that a log which may not be read is not taken for none.
func TestReadOnlyFolder(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.Chmod(filepath.Dir(dir), 0o755))
	name := filepath.Join(dir, "log")
	l, err := Open(name, small)
	require.NoError(t, err)
	_, err = l.Grab(t.Context(), "early")
	require.NoError(t, err)
	require.NoError(t, l.Close())
	require.NoError(t, os.Chmod(dir, 0o555))
	t.Cleanup(func() { require.NoError(t, os.Chmod(dir, 0o755)) })
	require.NoError(t, os.Chmod(name, 0o666))
	asNobody(t, func() {
		l, err := Open(name, small)
		require.NoError(t, err)
		_, err = l.Grab(t.Context(), "late")
		require.NoError(t, err)
		require.NoError(t, l.Close())
		_, err = Open(filepath.Join(dir, "other"), small)
		require.ErrorIs(t, err, os.ErrPermission)
		require.ErrorContains(t, err, "open log "+filepath.Join(dir, "other"))
	})
	require.NoError(t, os.Chmod(name, 0o444))
	asNobody(t, func() {
		_, err := Open(name, small)
		require.ErrorIs(t, err, os.ErrPermission)
	})
	files, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, files, 1)
	require.NoError(t, os.Chmod(name, 0o600))
	l, err = Open(name, small)
	require.NoError(t, err)
	require.Len(t, l.Grants(), 2)
	require.NoError(t, l.Close())
}
