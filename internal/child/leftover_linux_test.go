package child

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// requireNothingLeft requires that no process carries the run's token, and that this
// process has no children left, dead or alive.
func requireNothingLeft(t *testing.T, p *Process) {
	t.Helper()
	require.Empty(t, carriers(p.token), "processes of the run that live after Wait")
	require.Empty(t, childrenByParent(), "children after Wait")
}

// carriers are the living processes that carry token in their environment, but for
// this one.
func carriers(token string) []int {
	files, _ := filepath.Glob("/proc/[0-9]*/environ")
	var pids []int
	for _, file := range files {
		environ, _ := os.ReadFile(file)
		pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(file)))
		if pid != os.Getpid() && bytes.Contains(environ, []byte(token)) {
			pids = append(pids, pid)
		}
	}
	return pids
}

func requireGone(t *testing.T, pid string) {
	t.Helper()
	require.NoDirExists(t, "/proc/"+pid)
}

func TestDaemonsAreKilled(t *testing.T) {
	var r recording
	p := r.start(t, Spec{Body: "tree", Arg: []byte("6")})
	leaf := r.line(t, p)
	s := end(t, p)
	require.Equal(t, 6, s.Exit)
	require.Equal(t, 1, s.Left)
	requireGone(t, leaf)
}

func init() { bodies["unwaited"] = unwaited }

// unwaited leaves a child that has ended and that nobody has waited for.
func unwaited(Job) int {
	cmd := exec.Command("sh", "-c", "exit 0")
	started(cmd)
	if err := unix.Waitid(unix.P_PID, cmd.Process.Pid, nil, unix.WEXITED|unix.WNOWAIT, nil); err != nil {
		panic(err)
	}
	return 0
}

// Only what lives is left behind, also if it is in the group of the process: not the
// process itself, and not a child that nobody has waited for.
func TestLeft(t *testing.T) {
	for script, want := range map[string]int{
		"":                          0,
		"sleep 1000 & sleep 1000 &": 2,
		"setsid sleep 1000 &":       1,
	} {
		s, _ := run(t, Spec{Path: "sh", Args: []string{"-c", script}})
		require.Equal(t, want, s.Left, script)
	}
	s, _ := run(t, Spec{Body: "unwaited"})
	require.Zero(t, s.Left)
}

func TestDaemonsOutliveThePlainProcess(t *testing.T) {
	// The control for the test above: without a supervisor the leaf stays.
	require.NoError(t, adoptOrphans())
	r, w, err := os.Pipe()
	require.NoError(t, err)
	defer r.Close()
	cmd := plain(Job{Report: w}, "tree", "6")
	cmd.Stdout, cmd.Stderr = nil, nil
	require.Error(t, cmd.Run())
	w.Close()
	var pid int
	_, err = fmt.Fscanln(r, &pid)
	require.NoError(t, err)
	require.NoError(t, syscall.Kill(pid, 0))
	require.NoError(t, syscall.Kill(pid, syscall.SIGKILL))
	state, err := sweep("none", pid)
	require.NoError(t, err)
	require.False(t, state.Exited())
}

func TestLimitsReachDaemons(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	leaf := ""
	s, err := Run(ctx, Spec{Body: "tree", Limits: Limits{Wall: hang}, Reported: func(line string) { leaf = line; cancel() }})
	require.NoError(t, err)
	require.Equal(t, Cancelled, s.Limit)
	requireGone(t, leaf)
}

func TestSupervisorKilledByItsProcess(t *testing.T) {
	for _, body := range []string{"patricide", "ghost"} {
		t.Run(body, func(t *testing.T) {
			var limit unix.Rlimit
			require.NoError(t, unix.Getrlimit(unix.RLIMIT_RTTIME, &limit))
			if body == "ghost" && limit.Max != math.MaxUint64 {
				t.Skip("the limit that would carry the mark is in use: is this test itself supervised?")
			}
			var r recording
			p := r.start(t, Spec{Body: body, Limits: Limits{Wall: hang}})
			left := r.line(t, p)
			s := end(t, p)
			require.Equal(t, Unsupervised, s.Limit)
			require.Contains(t, s.Reason, "supervisor was killed")
			require.Equal(t, "SIGKILL", s.Signal)
			require.Positive(t, s.Wall)
			requireGone(t, left)
		})
	}
}

// A process may kill its supervisor before that has said that it runs. The supervisor in
// this test is a program that never says anything.
func TestSupervisorKilledBeforeItsWord(t *testing.T) {
	silent := func(program ...string) (*Process, *exec.Cmd) {
		pipes, err := newPipes()
		require.NoError(t, err)
		pipes.closeTheirs()
		supervisor := exec.Command(program[0], program[1:]...)
		require.NoError(t, supervisor.Start())
		p := newProcess(Spec{Limits: Limits{}.withDefaults()}, "silent", supervisor.Process, pipes.control.write)
		p.listen(t.Context(), pipes)
		return p, supervisor
	}
	p, supervisor := silent("sleep", "60")
	require.NoError(t, supervisor.Process.Kill())
	require.NoError(t, p.awaitStart(t.Context()))
	require.Equal(t, Unsupervised, end(t, p).Limit)
	require.ErrorIs(t, p.Signal(syscall.SIGTERM), os.ErrProcessDone, "nobody knows its pid")

	p, _ = silent("true")
	require.ErrorContains(t, p.awaitStart(t.Context()), "its supervisor ended without a word", "nobody has killed it")
}

func TestSupervisorStoppedByItsProcess(t *testing.T) {
	var r recording
	p := r.start(t, Spec{Body: "petrify", Limits: Limits{Wall: hang}})
	left := r.line(t, p)
	_, err := waitid(idPID, p.supervisor.Pid, unix.WSTOPPED|unix.WNOWAIT)
	require.NoError(t, err)
	p.expire(t.Context())
	s := end(t, p)
	require.Equal(t, Wall, s.Limit)
	require.Equal(t, "SIGKILL", s.Signal)
	requireGone(t, left)
}

func TestProcessDiesWithItsSupervisor(t *testing.T) {
	// Its parent, which would see to it otherwise, is stopped.
	var r recording
	p := r.start(t, Spec{Body: "parent", Limits: Limits{Wall: hang}})
	var supervisor, process int
	_, err := fmt.Sscan(r.line(t, p), &supervisor, &process)
	require.NoError(t, err)
	require.NoError(t, p.Signal(syscall.SIGSTOP))
	require.NoError(t, p.WaitStopped(t.Context()))

	require.NoError(t, syscall.Kill(supervisor, syscall.SIGKILL))
	require.True(t, awaitEnd(process, hang))

	require.NoError(t, p.Signal(syscall.SIGCONT))
	require.Equal(t, 0, end(t, p).Exit)
	require.Equal(t, []string{string(Unsupervised)}, r.rest())
}

func TestSupervisorDoesNotReapUnseen(t *testing.T) {
	// As long as we have no handle to the process, its pid must not be given to another.
	pipes, err := newPipes()
	require.NoError(t, err)
	supervisor, err := startSupervisor(pipes, "token")
	pipes.closeTheirs()
	defer pipes.closeOurs()
	require.NoError(t, err)
	require.NoError(t, writePlan(pipes.control.write, plan{Path: "/bin/true", Args: []string{"true"}, Memory: 1 << 30, File: 1 << 20}))
	records := json.NewDecoder(pipes.status.read)
	var r record
	require.NoError(t, records.Decode(&r))
	require.Equal(t, kindStarted, r.Kind)
	require.True(t, awaitEnd(r.PID, hang))
	for range 1000 { // it would take one of them
		require.Equal(t, supervisor.Pid, parent(r.PID), "reaped")
	}

	_, err = pipes.control.write.Write([]byte{controlSeen})
	require.NoError(t, err)
	require.NoError(t, records.Decode(&r))
	require.Equal(t, kindExited, r.Kind)
	require.NoDirExists(t, fmt.Sprint("/proc/", r.PID))
	state, err := supervisor.Wait()
	require.NoError(t, err)
	require.True(t, state.Success())
}

func TestSweepLeavesOtherChildrenAlone(t *testing.T) {
	other := exec.Command("sleep", "1000")
	other.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	require.NoError(t, other.Start())
	defer other.Process.Kill()

	var r recording
	p := r.start(t, Spec{Body: "ghost", Limits: Limits{Wall: hang}})
	_, err := p.Wait()
	require.NoError(t, err)
	require.Equal(t, []int{other.Process.Pid}, childrenByParent())
	require.NoError(t, other.Process.Kill())
	require.EqualError(t, other.Wait(), "signal: killed")
}

func TestNestedRunsAreCleanedUp(t *testing.T) {
	for depth := range 3 {
		ctx, cancel := context.WithCancel(t.Context())
		leaf := ""
		p, err := Start(ctx, Spec{
			Body: "nest", Arg: []byte(strconv.Itoa(depth)), Limits: Limits{Wall: hang},
			Reported: func(line string) { leaf = line; cancel() },
		})
		require.NoError(t, err)
		require.Equal(t, Cancelled, end(t, p).Limit)
		requireGone(t, leaf)
		cancel()
	}
}

func TestChainOfDaemonsIsCutShort(t *testing.T) {
	// Each generation starts the next, in a session of its own, and ends.
	script := filepath.Join(t.TempDir(), "chain")
	require.NoError(t, os.WriteFile(script, []byte("#!/bin/sh\nsetsid \"$0\" &\n"), 0o700))
	s, r := run(t, Spec{Path: script, Limits: Limits{Wall: hang}})
	require.Equal(t, None, s.Limit, r.err.String())
}

func TestDescriptorOutsideTheFamilyDelaysNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "socket")
	listener, err := net.Listen("unix", path)
	require.NoError(t, err)
	defer listener.Close()
	got := make(chan error, 1)
	var held int
	go func() {
		conn, err := listener.Accept()
		if err != nil {
			got <- err
			return
		}
		defer conn.Close()
		oob := make([]byte, syscall.CmsgSpace(4))
		_, n, _, _, err := conn.(*net.UnixConn).ReadMsgUnix(make([]byte, 1), oob)
		if err == nil {
			var messages []syscall.SocketControlMessage
			messages, err = syscall.ParseSocketControlMessage(oob[:n])
			if err == nil && len(messages) == 1 {
				fds, _ := syscall.ParseUnixRights(&messages[0])
				held = fds[0]
			}
		}
		got <- err
	}()
	s, r := run(t, Spec{Body: "smuggle", Arg: []byte(path), Limits: Limits{Wall: hang}})
	require.Equal(t, 0, s.Exit, r.err.String())
	require.NoError(t, <-got)
	require.Equal(t, "here you are\n", r.out.String())
	require.NotZero(t, held)
	require.NoError(t, syscall.Close(held))
}

func TestProcessGetsNoOtherDescriptors(t *testing.T) {
	leak, err := syscall.Open(os.DevNull, syscall.O_RDONLY, 0) // without O_CLOEXEC
	require.NoError(t, err)
	defer syscall.Close(leak)
	script := fmt.Sprintf(`
		fd=0
		while [ $fd -le %d ]; do
			[ -e /proc/$$/fd/$fd ] && echo $fd
			fd=$((fd+1))
		done`, leak)
	_, r := run(t, Spec{Path: "sh", Args: []string{"-c", script}})
	require.Equal(t, "0\n1\n2\n3\n", r.out.String())

	_, r = run(t, Spec{Body: "shell", Arg: []byte(script)})
	require.Equal(t, "0\n1\n2\n", r.out.String(), "the report is the body's own")
}

func TestNothingIsLeftOpen(t *testing.T) {
	count := func() int {
		entries, err := os.ReadDir("/proc/self/fd")
		require.NoError(t, err)
		return len(entries)
	}
	run(t, Spec{Path: "true"})
	before := count()
	for range 10 {
		run(t, Spec{Body: "echo"})
		run(t, Spec{Body: "patricide"})
		_, err := Start(t.Context(), Spec{Path: filepath.Join(t.TempDir(), "none")})
		require.Error(t, err)
	}
	require.Equal(t, before, count())
}

func TestSupported(t *testing.T) { require.NoError(t, Supported()) }
