package judge

import (
	"errors"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/child"
)

// record is a recorded output: the sections of a txtar file, those of the form
// "key: value" as maps.
type record struct {
	sections map[string]string
}

func readRecord(t *testing.T, file string) record {
	t.Helper()
	archive, err := txtar.ParseFile(file)
	require.NoError(t, err)
	r := record{make(map[string]string)}
	for _, f := range archive.Files {
		r.sections[f.Name] = string(f.Data)
	}
	return r
}

func (r record) values(t *testing.T, section string) map[string]string {
	t.Helper()
	values := make(map[string]string)
	for line := range strings.Lines(r.sections[section]) {
		key, value, ok := strings.Cut(strings.TrimSpace(line), ":")
		require.True(t, ok, "%s: %q", section, line)
		values[key] = strings.TrimSpace(value)
	}
	return values
}

func (r record) finding(t *testing.T) Finding {
	v := r.values(t, "finding")
	return Finding{Verdict: Verdict(v["verdict"]), Message: v["message"], Place: v["place"], Test: v["test"]}
}

func (r record) run(t *testing.T) Run {
	v := r.values(t, "status")
	exit, err := strconv.Atoi(v["exit"])
	require.NoError(t, err)
	return Run{
		Stdout:  r.sections["stdout"],
		Stderr:  r.sections["stderr"],
		Receipt: true,
		Status:  child.Status{Exit: exit, Signal: v["signal"], Limit: child.Limit(v["limit"]), Reason: v["reason"]},
	}
}

func TestRead(t *testing.T) {
	files, err := filepath.Glob("testdata/runs/*.txtar")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			r := readRecord(t, file)
			require.Equal(t, r.finding(t), Read(r.run(t)))
		})
	}
}

// What counts is how the process ended: with the same output, another end is another
// verdict.
func TestReadNeedsAGoodEnd(t *testing.T) {
	good := readRecord(t, "testdata/runs/pass.txtar").run(t)
	require.Equal(t, Pass, Read(good).Verdict)
	for want, change := range map[Verdict]func(*Run){
		Exit:  func(r *Run) { r.Status.Exit = 1 },
		Fatal: func(r *Run) { r.Status.Limit = child.Memory },
		Hang:  func(r *Run) { r.Status.Limit = child.Wall },
		Leak:  func(r *Run) { r.Status.Left = 1 },
	} {
		bad := good
		change(&bad)
		require.Equal(t, want, Read(bad).Verdict)
	}
	for name, change := range map[string]func(*Run){
		"no receipt":     func(r *Run) { r.Receipt = false },
		"a test missing": func(r *Run) { r.Tests = []string{"TestTotal", "TestAnother"} },
	} {
		bad := good
		change(&bad)
		require.Equal(t, Exit, Read(bad).Verdict, name)
	}
	for _, missing := range []string{"PASS\n", "--- PASS: TestTotal", "=== RUN   TestTotal\n"} {
		bad := good
		bad.Stdout = strings.Replace(good.Stdout, missing, "", 1)
		if missing == "PASS\n" {
			bad.Stdout = strings.TrimSuffix(good.Stdout, missing)
		}
		require.NotEqual(t, good.Stdout, bad.Stdout)
		require.Equal(t, Exit, Read(bad).Verdict, "without %q", missing)
	}
}

func TestReadBuild(t *testing.T) {
	files, err := filepath.Glob("testdata/builds/*.txtar")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			r := readRecord(t, file)
			f, err := ReadBuild(r.sections["output"])
			if want := r.values(t, "finding")["error"]; want != "" {
				require.True(t, errors.Is(err, ErrLab) && strings.Contains(err.Error(), want), "%v", err)
				return
			}
			require.NoError(t, err)
			require.Equal(t, r.finding(t), f)
		})
	}
}

// Whatever a test binary prints, the judge stays on its feet.
func FuzzRead(f *testing.F) {
	files, err := filepath.Glob("testdata/runs/*.txtar")
	require.NoError(f, err)
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		require.NoError(f, err)
		f.Add(string(archive.Files[0].Data), string(archive.Files[1].Data), 1)
	}
	f.Fuzz(func(t *testing.T, stdout, stderr string, exit int) {
		got := Read(Run{Stdout: stdout, Stderr: stderr, Status: child.Status{Exit: exit}})
		require.Contains(t, Verdicts, got.Verdict)
		require.False(t, got.Verdict == Pass && exit != 0)
		_, _ = ReadBuild(stderr)
	})
}
