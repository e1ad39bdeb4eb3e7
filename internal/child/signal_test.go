package child

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestStopAndContinue(t *testing.T) {
	var r recording
	p := r.start(t, Spec{Body: "ready"})
	r.line(t, p)
	require.NoError(t, p.WaitContinued(t.Context()), "it was not stopped")
	const rounds = 20
	for range rounds {
		require.NoError(t, p.Signal(syscall.SIGSTOP))
		require.NoError(t, p.WaitStopped(t.Context()))
		require.NoError(t, p.Signal(syscall.SIGCONT))
		require.NoError(t, p.WaitContinued(t.Context()))
	}
	require.Equal(t, state{stops: rounds, continues: rounds}, p.snapshot())

	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, p.WaitStopped(canceled), context.Canceled)

	require.NoError(t, p.Signal(syscall.SIGKILL))
	require.ErrorIs(t, p.WaitStopped(t.Context()), os.ErrProcessDone)
	require.Equal(t, "SIGKILL", end(t, p).Signal)

	require.ErrorIs(t, p.Signal(syscall.SIGCONT), os.ErrProcessDone)
	require.ErrorIs(t, p.WaitContinued(t.Context()), os.ErrProcessDone)
}

func TestSignalReachesOnlyTheProcess(t *testing.T) {
	// The shell survives USR1, its child in the same group would not.
	var r recording
	p := r.start(t, Spec{Path: "sh", Args: []string{"-c", `
		sleep 1000 & child=$!
		trap 'kill -0 $child && echo alive >&3; exit 4' USR1
		echo ready >&3
		wait
	`}})
	r.line(t, p)
	require.NoError(t, p.Signal(syscall.SIGUSR1))
	require.Equal(t, 4, end(t, p).Exit)
	require.Equal(t, []string{"alive"}, r.rest())
}

func TestDispositionsAreTheDefaults(t *testing.T) {
	ignored := []os.Signal{
		syscall.SIGHUP, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGPIPE, syscall.SIGTERM, syscall.SIGUSR1,
		syscall.SIGCHLD, syscall.SIGTSTP, syscall.SIGTTIN, syscall.SIGTTOU,
	}
	signal.Ignore(ignored...)
	defer func() { // Reset would leave them ignored, and SIGCHLD with that leaves nobody to wait for
		c := make(chan os.Signal, 1)
		signal.Notify(c, ignored...)
		signal.Stop(c)
	}()
	_, r := run(t, Spec{Path: "cat", Args: []string{"/proc/self/status"}})
	for _, set := range []string{"SigBlk", "SigIgn", "SigCgt"} {
		require.Contains(t, r.out.String(), set+":\t0000000000000000\n")
	}
}

func TestSupervisorIsDeaf(t *testing.T) {
	var r recording
	p := r.start(t, Spec{Path: "sh", Args: []string{"-c", `
		for sig in HUP INT QUIT TERM TSTP TTIN TTOU PIPE USR1 ALRM; do kill -$sig $PPID; done
		kill -STOP $$
		exit 5
	`}})
	require.NoError(t, p.WaitStopped(t.Context()), "which the supervisor has told")
	require.NoError(t, p.Signal(syscall.SIGCONT))
	require.Equal(t, 5, end(t, p).Exit)
}
