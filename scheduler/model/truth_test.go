package model_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment/experimenttest"
	"lab.example/gopark/scheduler/model"
)

func TestMain(m *testing.M) { experimenttest.Main(m) }

// recorded returns the recorded programs: what the real runtime did with each, the
// same in fifty processes.
func recorded(t testing.TB) map[string]*model.File {
	t.Helper()
	paths, err := filepath.Glob("testdata/order/*.json")
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	files := make(map[string]*model.File)
	for _, path := range paths {
		data, err := os.ReadFile(path)
		require.NoError(t, err)
		f, err := model.Parse(data)
		require.NoError(t, err, path)
		require.NotNil(t, f.Recorded, path)
		files[filepath.Base(path)] = f
	}
	return files
}

func TestRecordedOrders(t *testing.T) {
	for name, f := range recorded(t) {
		t.Run(name, func(t *testing.T) {
			r, err := model.Run(t.Context(), f.Program, model.Config{Tick0: f.Tick0})
			require.NoError(t, err)
			got := slices.Collect(r.Order())
			for i := range min(len(got), len(f.Recorded.Order)) {
				require.Equal(t, f.Recorded.Order[i], got[i], "event %d of\n%s", i, f.Program)
			}
			require.Len(t, got, len(f.Recorded.Order))
			require.Equal(t, f.Recorded.Ticks, r.Ticks, "ticks")
			require.Equal(t, f.Recorded.Status, r.Status)
			require.Equal(t, f.Recorded.Goroutines, r.Goroutines)
		})
	}
}
