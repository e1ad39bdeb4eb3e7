package child

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// hang is how long a test waits before it calls a process hung.
const hang = 2 * time.Minute

// soon is a limit on wall-clock time that a test waits for.
const soon = 100 * time.Millisecond

func TestOutputLimit(t *testing.T) {
	var got int64
	s, err := Run(t.Context(), Spec{
		Body: "flood", Arg: []byte("80"), Limits: Limits{Output: 3 << 20, Wall: hang},
		Output: func(_ Stream, p []byte) { got += int64(len(p)) },
	})
	require.NoError(t, err)
	require.Equal(t, Output, s.Limit)
	require.Equal(t, "stopped: it wrote more than 3 MiB of output", s.Reason)
	require.EqualValues(t, 3<<20, got)
}

func TestOutputLimitCountsBothStreams(t *testing.T) {
	script := "head -c 600 /dev/zero; head -c 600 /dev/zero >&2; sleep 1000"
	s, r := run(t, Spec{Path: "sh", Args: []string{"-c", script}, Limits: Limits{Output: 1000, Wall: hang}})
	require.Equal(t, Output, s.Limit)
	require.Equal(t, 1000, r.out.Len()+r.err.Len())

	s, r = run(t, Spec{Path: "sh", Args: []string{"-c", "head -c 500 /dev/zero; head -c 500 /dev/zero >&2"}, Limits: Limits{Output: 1000}})
	require.Equal(t, None, s.Limit, "the limit itself is allowed")
	require.Equal(t, 1000, r.out.Len()+r.err.Len())
}

func TestReportLimit(t *testing.T) {
	for name, c := range map[string]struct {
		arg    string
		limit  int64
		lines  int
		reason string
	}{
		"many lines":  {"100", 5000, 50, "stopped: it wrote more than 5000 bytes of report"},
		"exact line":  {"65537", 1 << 20, 15, "stopped: it wrote more than 1 MiB of report"},
		"longer line": {"65538", 1 << 20, 0, "stopped: it wrote a line of more than 64 KiB on its report"},
	} {
		t.Run(name, func(t *testing.T) {
			s, r := run(t, Spec{Body: "report", Arg: []byte(c.arg), Limits: Limits{Report: c.limit, Wall: hang}})
			require.Equal(t, Report, s.Limit)
			require.Equal(t, c.reason, s.Reason)
			require.Len(t, r.rest(), c.lines)
		})
	}
}

func TestFloodCostsNoMemory(t *testing.T) {
	for _, body := range []string{"flood", "report"} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		s, err := Run(t.Context(), Spec{Body: body, Arg: []byte("100"), Limits: Limits{Output: 64 << 20, Report: 64 << 20, Wall: hang}})
		runtime.ReadMemStats(&after)
		require.NoError(t, err)
		require.NotEqual(t, None, s.Limit)
		require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(4<<20), "bytes allocated to pass on 64 MiB")
	}
}

func TestMemoryLimit(t *testing.T) {
	s, r := run(t, Spec{Body: "allocate", Arg: []byte("100000"), Limits: Limits{Wall: hang}})
	require.Equal(t, Memory, s.Limit, r.err.String())
	require.Equal(t, "stopped: it asked for more than "+size(defaultMemory())+" of memory", s.Reason)
	require.NotZero(t, s.Exit)
	require.Less(t, s.MaxRSS, defaultMemory())
}

func TestLimitsAreHardAndInherited(t *testing.T) {
	var r recording
	p := r.start(t, Spec{
		Path: "sh", Args: []string{"-c", `
			ulimit -d
			kill -STOP $$
			ulimit -Hd; ulimit -c; ulimit -Hc; ulimit -Hf; sh -c 'ulimit -Hd'
		`},
		Limits: Limits{File: 1 << 20},
	})
	require.NoError(t, p.WaitStopped(t.Context())) // the hard limit comes a moment later
	require.NoError(t, p.Signal(syscall.SIGCONT))
	end(t, p)
	want := fmt.Sprintf("%[1]d\n%[1]d\n0\n0\n2048\n%[1]d\n", defaultMemory()>>10) // KiB and blocks of 512 bytes
	require.Equal(t, want, r.out.String())
}

func TestSmallMemory(t *testing.T) {
	// Less than a supervisor needs for itself.
	for range 20 {
		s, r := run(t, Spec{Path: "true", Limits: Limits{Memory: 4 << 20}})
		require.Equal(t, 0, s.Exit, r.err.String())
	}
}

func TestFileLimit(t *testing.T) {
	dir := t.TempDir()
	limits := Limits{File: 64 << 10}
	s, r := run(t, Spec{Body: "file", Arg: []byte(dir), Limits: limits})
	require.Equal(t, None, s.Limit)
	require.Contains(t, r.rest()[0], syscall.EFBIG.Error())

	s, _ = run(t, Spec{Path: "sh", Args: []string{"-c", "exec head -c 100000 /dev/zero >file"}, Dir: dir, Limits: limits})
	require.Equal(t, File, s.Limit)
	require.Equal(t, "stopped: it wrote a file of more than 64 KiB", s.Reason)
	require.Equal(t, "SIGXFSZ", s.Signal)
}

func TestWallLimit(t *testing.T) {
	for _, body := range []string{"spin", "deaf", "ready"} {
		s, _ := run(t, Spec{Body: body, Limits: Limits{Wall: soon}})
		require.Equal(t, Wall, s.Limit, body)
		require.Equal(t, "stopped after 100ms of wall-clock time", s.Reason)
		require.Equal(t, "SIGKILL", s.Signal)
		require.GreaterOrEqual(t, s.Wall, soon)
	}
}

func TestGraceShowsTheGoroutines(t *testing.T) {
	grace := func(body string, limits Limits) (Status, *recording) {
		limits.Wall = hang
		var r recording
		p := r.start(t, Spec{Body: body, Limits: limits})
		r.line(t, p)
		p.expire(t.Context()) // the clock would not wait for the line
		return end(t, p), &r
	}
	s, r := grace("ready", Limits{Grace: hang})
	require.Equal(t, Wall, s.Limit)
	require.Equal(t, 2, s.Exit)
	require.Contains(t, r.err.String(), "SIGQUIT: quit")
	if RaceEnabled { // the signal may have come within the detector, which is not Go and has no frames to show
		require.Contains(t, r.err.String(), "goroutine 1")
	} else {
		require.Contains(t, r.err.String(), "child.ready")
	}

	s, r = grace("ready", Limits{})
	require.Equal(t, Wall, s.Limit)
	require.Equal(t, "SIGKILL", s.Signal)
	require.Empty(t, r.err.String())

	s, _ = grace("ready", Limits{Grace: hang, Output: 100})
	require.Equal(t, Wall, s.Limit, "the dump is longer, but not the reason")

	s, _ = grace("deaf", Limits{Grace: soon})
	require.Equal(t, Wall, s.Limit)
	require.Equal(t, "SIGKILL", s.Signal)
}

func TestCancel(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	var once bool
	s, err := Run(ctx, Spec{Body: "deaf", Limits: Limits{Wall: hang}, Reported: func(string) {
		once = true
		cancel(errors.New("the reader has left"))
	}})
	require.NoError(t, err)
	require.True(t, once)
	require.Equal(t, Cancelled, s.Limit)
	require.Equal(t, "stopped: the reader has left", s.Reason)
	require.Equal(t, "SIGKILL", s.Signal)
}

func TestStoppedProcessIsKilledAllTheSame(t *testing.T) {
	var r recording
	p := r.start(t, Spec{Body: "ready", Limits: Limits{Wall: hang, Grace: soon}})
	r.line(t, p)
	require.NoError(t, p.Signal(syscall.SIGSTOP))
	require.NoError(t, p.WaitStopped(t.Context()))
	p.expire(t.Context())
	s := end(t, p)
	require.Equal(t, Wall, s.Limit)
	require.Equal(t, "SIGKILL", s.Signal)
}

func TestBlockedCallbackDelaysNoKill(t *testing.T) {
	called := make(chan struct{}, 1)
	release := make(chan struct{})
	p, err := Start(t.Context(), Spec{
		Body: "flood", Arg: []byte("100"), Limits: Limits{Wall: hang},
		Output: func(Stream, []byte) {
			select {
			case called <- struct{}{}:
			default:
			}
			<-release
		},
	})
	require.NoError(t, err)
	<-called
	p.expire(t.Context())
	<-p.cleared
	close(release)
	require.Equal(t, Wall, end(t, p).Limit)
}

func TestOutOfMemoryIsRecognisedAcrossReads(t *testing.T) {
	for _, phrase := range outOfMemory {
		text := "goroutine 1\n" + string(phrase) + "\n" + strings.Repeat("x", 100)
		for cut := range len(text) {
			var p phrases
			p.search([]byte(text[:cut]))
			p.search([]byte(text[cut:]))
			require.True(t, p.found, "%q %q", text[:cut], text[cut:])
		}
	}
	var p phrases
	p.search([]byte("fatal error: all goroutines are asleep - deadlock!\nout of memory\n"))
	require.False(t, p.found)
}

func TestSize(t *testing.T) {
	for n, want := range map[int64]string{1 << 20: "1 MiB", 3 << 19: "1536 KiB", 1000: "1000 bytes", 64 << 10: "64 KiB"} {
		require.Equal(t, want, size(n))
	}
}
