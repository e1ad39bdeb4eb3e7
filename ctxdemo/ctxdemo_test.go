package ctxdemo

import (
	"io/fs"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"lab.example/gopark/internal/excerpt"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestQuoting(t *testing.T) {
	files := Quoting(fstest.MapFS{"page.md": {Data: []byte("# T\n")}})
	e, err := excerpt.Find(files, "../interrupt/wait.go", "Handle.Sleep")
	require.NoError(t, err)
	require.Contains(t, e.Text, "func (h *Handle) Sleep(d time.Duration) error {")
	own, err := fs.ReadFile(files, "page.md")
	require.NoError(t, err)
	require.Equal(t, "# T\n", string(own))
}
