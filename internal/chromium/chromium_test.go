package chromium

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"lab.example/gopark/internal/hint"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestFind(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("PATH", dir)
	_, err := Find()
	require.ErrorIs(t, err, ErrNone)
	require.Contains(t, hint.Of(err), "chromium")

	path := filepath.Join(dir, "google-chrome")
	require.NoError(t, os.WriteFile(path, []byte("#!/bin/sh\n"), 0o755))
	found, err := Find()
	require.NoError(t, err)
	require.Equal(t, path, found)
}
