package judge

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// victim is set in the process that is killed: it names the pipe on which its answer
// says that it runs.
const victim = "GOPARK_JUDGE_VICTIM"

// TestJudgeTheVictim is the process that is killed. Its answer starts a process in a
// session of its own, which writes to a pipe and then, like the answer, waits for ever,
// where no signal but SIGKILL reaches it.
func TestJudgeTheVictim(t *testing.T) {
	pipe := os.Getenv(victim)
	if pipe == "" {
		t.Skip("is killed by TestAKilledJudgeLeavesNothing")
	}
	answer := filepath.Join(filepath.Dir(pipe), "answer.go")
	require.NoError(t, os.WriteFile(answer, []byte(`package toy

import (
	"os/exec"
	"syscall"
)

func Total(parts ...int) int {
	cmd := exec.Command("sh", "-c", "trap '' TERM INT HUP QUIT; echo $PPID $$ > `+pipe+`; read line < `+pipe+`.never")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	cmd.Run()
	return 0
}
`), 0o644))
	plan := Plan{Wall: time.Minute, Stages: []Stage{plain}}
	_, err := Check(t.Context(), Subject{root(t), toy, answer}, plan)
	t.Fatal("was not killed: ", err)
}

// SIGKILL leaves the judge no time to tidy up. What it has started goes all the same:
// the answer, and what the answer has started. The folder it leaves is removed by the
// next judge.
func TestAKilledJudgeLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	pipe := filepath.Join(dir, "pipe")
	require.NoError(t, makePipe(pipe))
	require.NoError(t, makePipe(pipe+".never"))
	self, err := os.Executable()
	require.NoError(t, err)
	var out bytes.Buffer
	cmd := exec.CommandContext(t.Context(), self, "-test.run=^TestJudgeTheVictim$")
	cmd.Env = append(os.Environ(), victim+"="+pipe, "TMPDIR="+dir)
	cmd.Stdout, cmd.Stderr = &out, &out
	require.NoError(t, cmd.Start())
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()

	said := make(chan []byte, 1)
	go func() {
		text, _ := os.ReadFile(pipe) // returns when the answer's process has written
		said <- text
	}()
	var pids []int
	select {
	case text := <-said:
		for field := range bytes.FieldsSeq(text) {
			pid, err := strconv.Atoi(string(field))
			require.NoError(t, err)
			pids = append(pids, pid)
		}
	case err := <-ended:
		_ = os.WriteFile(pipe, nil, 0) // lets the reader go
		t.Fatalf("the judge ended before it was killed: %v\n%s", err, &out)
	}
	require.Len(t, pids, 2)
	for _, pid := range pids { // the control: they live as long as they are let
		require.NoError(t, syscall.Kill(pid, 0))
	}
	require.NoError(t, cmd.Process.Kill())
	require.Error(t, <-ended)
	for _, pid := range pids {
		requireGone(t, pid)
	}

	left, err := filepath.Glob(filepath.Join(dir, dirPattern))
	require.NoError(t, err)
	require.Len(t, left, 1, "the folder of the one that was killed")
	t.Setenv("TMPDIR", dir)
	sweep()
	require.DirExists(t, left[0], "it might have been made this moment")
	long := time.Now().Add(-2 * newborn)
	require.NoError(t, os.Chtimes(filepath.Join(left[0], lockFile), long, long))
	sweep()
	require.NoDirExists(t, left[0])
}

func TestSweepLeavesTheLivingAlone(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	var w workshop
	require.NoError(t, w.open())
	long := time.Now().Add(-2 * newborn)
	require.NoError(t, os.Chtimes(filepath.Join(w.dir, lockFile), long, long))
	sweep()
	require.DirExists(t, w.dir)
	w.close()
	require.NoDirExists(t, w.dir)
}

// requireGone waits for the end of a process that is being killed.
func requireGone(t *testing.T, pid int) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); syscall.Kill(pid, 0) == nil; {
		require.True(t, time.Now().Before(deadline), "%d is still there", pid)
	}
}
