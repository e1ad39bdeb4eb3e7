package child

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	mathrand "math/rand/v2"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

var kills = flag.Int("kills", 30, "how many times TestKillLeavesNothing kills")

func init() {
	bodies["killer"], bodies["victim"], bodies["unguarded"] = killer, victim, unguarded
}

// gone is how long what a killed process has left may live on.
const gone = 5 * time.Second

// tolls is what a killer has seen.
type tolls struct {
	Kills int
	Found int // processes that lived shortly before a kill
	Left  int // processes that lived longer than gone
	Worst time.Duration
}

// TestKillLeavesNothing kills, at some moment, a process that is about to start
// several others, none of which goes by itself.
func TestKillLeavesNothing(t *testing.T) {
	got := kill(t, "victim", *kills)
	require.Equal(t, *kills, got.Kills)
	require.Greater(t, got.Found, *kills, "kills come too early to tell")
	require.Zero(t, got.Left)
	t.Logf("%d kills, %d processes alive before them, %d left, the last one gone after %v", got.Kills, got.Found, got.Left, got.Worst)
}

// TestKillLeavesPlainProcesses is the control.
func TestKillLeavesPlainProcesses(t *testing.T) {
	got := kill(t, "unguarded", 1)
	require.Positive(t, got.Left)
}

// kill has a process of its own do the killing: what is left of a victim becomes
// the child of the next subreaper, which this process may be, and is not to be taken
// for ours.
func kill(t *testing.T, victim string, n int) (got tolls) {
	t.Helper()
	arg := fmt.Sprintf("%s %d", victim, n)
	s, r := run(t, Spec{Body: "killer", Arg: []byte(arg), Limits: Limits{Wall: hang + time.Duration(n)*gone}})
	require.Equal(t, 0, s.Exit, r.err.String())
	require.NoError(t, json.Unmarshal([]byte(r.rest()[0]), &got))
	return got
}

func killer(j Job) int {
	var victim string
	var n int
	if _, err := fmt.Sscan(string(j.Arg), &victim, &n); err != nil {
		panic(err)
	}
	var t tolls
	for range n {
		t.kill(victim)
	}
	text, err := json.Marshal(t)
	if err != nil {
		panic(err)
	}
	fmt.Fprintf(j.Report, "%s\n", text)
	return 0
}

func (t *tolls) kill(victim string) {
	token := rand.Text()
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		panic(err)
	}
	defer null.Close()
	r, w, err := os.Pipe()
	if err != nil {
		panic(err)
	}
	defer r.Close()
	cmd := plain(Job{Report: w}, victim, "")
	cmd.Stdout, cmd.Stderr = null, os.Stderr
	cmd.Env = append(cmd.Env, envRun+"="+token)
	if err := cmd.Start(); err != nil {
		panic(err)
	}
	w.Close()
	progress := bufio.NewScanner(r)
	for range 1 + mathrand.IntN(len(kinds)+1) {
		if !progress.Scan() {
			panic("victim ended by itself")
		}
	}
	t.Found += len(carriers(token)) - 1 // without the victim itself
	for moment := time.Now().Add(time.Duration(mathrand.IntN(15_000)) * time.Microsecond); time.Now().Before(moment); {
	}
	_ = cmd.Process.Kill()
	killed := time.Now()
	_ = cmd.Wait()
	t.Kills++
	left := carriers(token)
	for len(left) > 0 {
		if time.Since(killed) > gone || victim == "unguarded" {
			t.Left += len(left)
			for _, pid := range left {
				_ = unix.Kill(pid, unix.SIGKILL)
			}
		}
		awaitEnd(left[0], gone)
		t.Worst = max(t.Worst, time.Since(killed))
		left = carriers(token)
	}
}

// awaitEnd waits for the end of a process that is not ours, and reports whether it
// has come in time.
func awaitEnd(pid int, timeout time.Duration) bool {
	fd, err := unix.PidfdOpen(pid, 0)
	if errors.Is(err, unix.ESRCH) {
		return true
	}
	if err != nil {
		panic(err)
	}
	defer unix.Close(fd)
	deadline := time.Now().Add(timeout)
	for {
		n, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, int(time.Until(deadline).Milliseconds()))
		if !errors.Is(err, unix.EINTR) {
			return n == 1
		}
	}
}

// kinds are what a victim starts.
var kinds = []Spec{
	{Body: "ready"},
	{Body: "deaf"},
	{Body: "tree"},
	{Body: "nest", Arg: []byte("0")},
	{Path: "sh", Args: []string{"-c", "echo ready >&3; sleep 1000 & setsid sleep 1000"}},
}

func victim(j Job) int {
	fmt.Fprintln(j.Report, "about to")
	var wg sync.WaitGroup
	for _, spec := range kinds {
		spec.Reported = func(line string) { fmt.Fprintln(j.Report, line) }
		wg.Go(func() { _, _ = Run(context.Background(), spec) })
	}
	wg.Wait()
	select {}
}

// unguarded starts the like of them without supervisors.
func unguarded(j Job) int {
	started(exec.Command("sh", "-c", "sleep 1000 & setsid sleep 1000"))
	for _, body := range []string{"ready", "deaf", "tree"} {
		started(plain(j, body, ""))
	}
	for range len(kinds) {
		fmt.Fprintln(j.Report, "ready")
	}
	select {}
}
