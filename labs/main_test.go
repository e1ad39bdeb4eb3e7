package labs

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/cli"
	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/experiment/experimenttest"
	"lab.example/gopark/labs/judge"
)

// roleEnv makes a process of this test do something else than test:
//
//	hold   take the lock of the work below the first argument, say so, and keep it
//	       until standard input ends
//	lab    be "gopark lab" with these arguments
//	crash, crash all
//	       be "gopark lab watch" with a judge that panics, always or when all answers
//	       are judged
const roleEnv = "LABS_TEST_ROLE"

func TestMain(m *testing.M) {
	experiment.Main() // the judge's supervisors are this binary, too
	switch role := os.Getenv(roleEnv); role {
	case "":
		experimenttest.Main(m)
	case "hold":
		_ = work{os.Args[1]}.locked(context.Background(), func() error {
			fmt.Println("held")
			_, err := io.Copy(io.Discard, os.Stdin)
			return err
		})
	default:
		os.Exit(play(role))
	}
}

// play does what main does.
func play(role string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	t := cli.Standard()
	if role != "lab" {
		w, err := here()
		if err != nil {
			return cli.Fail(t.Err, err)
		}
		return cli.Fail(t.Err, watch(ctx, t, w, func(_ context.Context, _ Lab, _ string, p judge.Plan, _ func(string)) (judge.Result, error) {
			if role == "crash" || p.Budget == judge.Verify().Budget {
				panic("the judge has lost his head")
			}
			return judge.Result{}, nil
		}, nil))
	}
	var grammar struct {
		Lab Cmd `cmd:""`
	}
	return cli.Fail(t.Err, cli.Dispatch(ctx, t, &grammar, append([]string{"lab"}, os.Args[1:]...)))
}

// actor is a process of this test that plays a role.
func actor(t *testing.T, role string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(os.Environ(), roleEnv+"="+role)
	return cmd
}

// module makes a module like this one with the first two labs in it, in a folder of its own,
// and makes that the current folder.
func module(t testing.TB) work {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	require.NoError(t, err)
	for _, name := range []string{"go.mod", "go.sum"} {
		text, err := os.ReadFile(filepath.Join("..", name))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), text, 0o644))
	}
	folders, err := needed()
	require.NoError(t, err)
	for _, folder := range folders {
		require.NoError(t, os.CopyFS(filepath.Join(dir, folder), os.DirFS(filepath.Join("..", folder))))
	}
	t.Chdir(dir)
	return work{dir}
}

// needed returns the folders of this module that the first two labs and their tests are
// compiled from, the judge's receipt among them.
var needed = sync.OnceValues(func() (folders []string, err error) {
	args := []string{"list", "-deps", "-test", "-f", "{{if not .ForTest}}{{.ImportPath}}{{end}}", modulePath + "/labs/judge/receipt"}
	for _, l := range All[:2] {
		args = append(args, modulePath+"/"+l.Folder())
	}
	out, err := exec.Command("go", args...).Output()
	for line := range strings.Lines(string(out)) {
		folder, ok := strings.CutPrefix(strings.TrimSpace(line), modulePath+"/")
		if ok && !strings.HasSuffix(folder, ".test") {
			folders = append(folders, folder)
		}
	}
	return folders, err
})

// terminal is one that nobody sits at.
func terminal() (t *cli.Terminal, out *bytes.Buffer) {
	out = new(bytes.Buffer)
	return &cli.Terminal{Out: out, Err: out, Width: 80}, out
}

// said is what a failed command leaves the reader with: status, error and hint.
func said(err error) (status int, text string) {
	var buf bytes.Buffer
	status = cli.Fail(&buf, err)
	return status, buf.String()
}
