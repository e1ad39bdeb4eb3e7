package jvm

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/cli"
	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/hint"
)

// java returns this machine's java. Without one, the test is skipped; with GOPARK_NEED_JAVA in
// the environment, it fails.
func java(t *testing.T) string {
	java, err := Find()
	if err != nil && os.Getenv("GOPARK_NEED_JAVA") != "" {
		require.NoError(t, err)
	}
	if err != nil {
		t.Skipf("NOT COMPARED with a JVM: %v; %s", err, hint.Of(err))
	}
	return java
}

// TestJVM plays every case on a real JVM. On the version that was recorded, all fields must be
// there in the order of the record, and the same; on another one, what differs is logged.
func TestJVM(t *testing.T) {
	rows, err := Play(t.Context(), java(t), Options{Said: func(line string) { t.Log(line) }})
	require.NoError(t, err)
	here := make(map[string]Row)
	for _, r := range rows {
		here[r.Case] = r
	}
	recorded, err := Recorded()
	require.NoError(t, err)
	require.Equal(t, len(recorded), len(rows))
	for _, r := range recorded {
		if rows[0].JDK != r.JDK {
			if c := compare(r, here[r.Case], Library{}); len(c.Differs) > 0 {
				t.Logf("%s: Java %s differs in %v: %v", r.Case, rows[0].JDK, c.Differs, c.Here)
			}
			continue
		}
		require.Empty(t, compare(r, here[r.Case], Library{}).Differs, "%s: %v", r.Case, here[r.Case].Observed)
		require.Equal(t, names(r.Observed), names(here[r.Case].Observed), r.Case)
	}
	t.Logf("%d cases played with Java %s", len(rows), rows[0].JDK)
}

func names(f Fields) (all []string) {
	for _, field := range f {
		all = append(all, field.Name)
	}
	return all
}

// fakeJava makes a JAVA_HOME whose java is a shell script, and returns the path of it.
func fakeJava(t *testing.T, script string) string {
	home := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(home, "bin"), 0o700))
	path := filepath.Join(home, "bin", "java")
	require.NoError(t, os.WriteFile(path, []byte("#!/bin/sh\n"+script+"\n"), 0o700))
	t.Setenv("JAVA_HOME", home)
	t.Setenv("TMPDIR", t.TempDir())
	return path
}

// saying is a script that says the recorded rows, after change.
func saying(t *testing.T, change func(r *Row)) string {
	rows, err := Recorded()
	require.NoError(t, err)
	var text strings.Builder
	for _, r := range rows {
		r.JDK = "99"
		change(&r)
		line, err := json.Marshal(r)
		require.NoError(t, err)
		fmt.Fprintf(&text, "%s\n", line)
	}
	file := filepath.Join(t.TempDir(), "rows")
	require.NoError(t, os.WriteFile(file, []byte(text.String()), 0o600))
	return "cat " + file
}

// requireClean holds that nothing is left in the temporary folder.
func requireClean(t *testing.T) {
	left, err := filepath.Glob(filepath.Join(os.TempDir(), "*"))
	require.NoError(t, err)
	require.Empty(t, left)
}

// command runs "gopark jvm".
func command(t *testing.T, c Cmd) (out, errs string, err error) {
	var o, e bytes.Buffer
	c.Runs = max(1, c.Runs)
	err = c.Run(t.Context(), &cli.Terminal{Out: &o, Err: &e, Width: 100})
	return o.String(), e.String(), err
}

func TestFind(t *testing.T) {
	t.Setenv("JAVA_HOME", "/nowhere")
	_, err := Find()
	require.ErrorIs(t, err, experiment.ErrUnmet)
	require.ErrorContains(t, err, "JAVA_HOME is /nowhere")
	require.Contains(t, hint.Of(err), "17 or later")

	path := fakeJava(t, "true")
	found, err := Find()
	require.NoError(t, err)
	require.Equal(t, path, found)

	t.Setenv("JAVA_HOME", "")
	t.Setenv("PATH", filepath.Dir(path))
	found, err = Find()
	require.NoError(t, err)
	require.Equal(t, path, found)

	t.Setenv("PATH", "/nowhere")
	_, _, err = command(t, Cmd{})
	require.ErrorIs(t, err, experiment.ErrUnmet)
	require.Equal(t, cli.ExitNotHere, cli.Fail(io.Discard, err))
}

func TestCommand(t *testing.T) {
	fakeJava(t, saying(t, func(*Row) {}))
	out, errs, err := command(t, Cmd{})
	require.NoError(t, err)
	requireClean(t)
	require.Contains(t, out, "B01_sleep  sleep throws IE, flag cleared\n")
	require.Regexp(t, `(?m)^  was_blocked +true +=  +=$`, out)
	require.Regexp(t, `(?m)^  jvm_deadlock_detector_finds +2 +=  +-$`, out)
	require.Contains(t, out, "  Go: jvm_deadlock_detector_finds: Go's runtime finds a deadlock only")
	require.Contains(t, out, "  Go: Java has two sleeps")
	require.Regexp(t, `Cases: (\d+). As recorded: (\d+) with Java 99, `, out)
	require.NotRegexp(t, `  ! `, out)
	require.Contains(t, errs, "gopark: 20 of ")
	require.Less(t, strings.Index(out, "A02_"), strings.Index(out, "A03_"), "in the order of the numbers")

	out, _, err = command(t, Cmd{JSON: true})
	require.NoError(t, err)
	var all []Comparison
	require.NoError(t, json.Unmarshal([]byte(out), &all))
	recorded, err := Recorded()
	require.NoError(t, err)
	require.Equal(t, len(recorded), len(all))

	for _, c := range []Cmd{{Case: []string{"Z"}}, {Case: []string{"B", "nothing"}}, {Runs: 100_000}} {
		_, _, err = command(t, c)
		require.Equal(t, cli.ExitUsage, cli.Fail(io.Discard, err), c)
	}
}

// TestDifference holds that the command says so if a JVM does something else.
func TestDifference(t *testing.T) {
	fakeJava(t, saying(t, func(r *Row) {
		if r.Case == "B01_sleep" {
			r.Observed[3].Value = true
		}
	}))
	out, _, err := command(t, Cmd{})
	require.Equal(t, cli.ExitFailed, cli.Fail(io.Discard, err))
	require.Regexp(t, `(?m)^  flag_after +false +! true +=$`, out)
	require.Contains(t, out, "\n  ! B01_sleep: this JVM's flag_after\n")

	// So much of the rest as was chosen is not missed.
	out, _, err = command(t, Cmd{Case: []string{"B01", "F"}})
	require.Equal(t, cli.ExitFailed, cli.Fail(io.Discard, err))
	require.Contains(t, out, "\nCases: 13. As recorded: 12 with")
}

// TestNotPlayed holds that a case that a JVM does not play counts as a difference.
func TestNotPlayed(t *testing.T) {
	fakeJava(t, saying(t, func(*Row) {})+" | grep -v B01_sleep; echo B01_sleep could not be played: oh >&2; exit 1")
	out, errs, err := command(t, Cmd{})
	require.Equal(t, cli.ExitFailed, cli.Fail(io.Discard, err))
	require.Contains(t, out, "\n  ! B01_sleep could not be played\n")
	require.Contains(t, errs, "java: B01_sleep could not be played: oh\n")
}

// TestUnable holds what becomes of what cannot run the program.
func TestUnable(t *testing.T) {
	for name, test := range map[string]struct {
		script, want string
		unmet        bool
	}{
		"too old":       {"echo Error: Could not find or load main class >&2; exit 1", "cannot run the program: Error: Could not find", true},
		"silent":        {"exit 2", "it does not say why", true},
		"something new": {"echo hello", `read what the JVM says, "hello"`, false},
		"crash":         {"kill -ABRT $$", "ended by SIGABRT", false},
	} {
		t.Run(name, func(t *testing.T) {
			fakeJava(t, test.script)
			_, _, err := command(t, Cmd{})
			require.ErrorContains(t, err, test.want)
			require.Equal(t, test.unmet, hint.Of(err) != "")
			require.Equal(t, test.unmet, cli.Fail(io.Discard, err) == cli.ExitNotHere)
			requireClean(t)
		})
	}
}

// TestCancel holds that nothing is left of a JVM, nor of its files, when the command is ended.
func TestCancel(t *testing.T) {
	java := fakeJava(t, "echo $$ >&2; while :; do read x; kill -STOP $$; done")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var pid int
	_, err := Play(ctx, java, Options{Said: func(line string) {
		if _, err := fmt.Sscan(line, &pid); err == nil {
			cancel()
		}
	}})
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorIs(t, syscall.Kill(pid, 0), syscall.ESRCH)
	requireClean(t)
}

// TestPlayModes holds what Options are for.
func TestPlayModes(t *testing.T) {
	java := fakeJava(t, `echo "$@" >&2; echo $TEST_MODE >&2; exit 1`)
	var said []string
	_, err := Play(t.Context(), java, Options{
		Runs: 7, Prefixes: []string{"A", "B1"}, Java: []string{"-Xint"}, Command: []string{"env", "TEST_MODE=one core"},
		Said: func(line string) { said = append(said, line) },
	})
	require.ErrorIs(t, err, experiment.ErrUnmet)
	require.Len(t, said, 2)
	require.Regexp(t, `^-Xmx.* -Xint .*/Interrupts\.java --runs 7 A B1$`, said[0])
	require.Equal(t, "one core", said[1])
}
