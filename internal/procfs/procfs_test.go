package procfs

import (
	"io/fs"
	"os"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const sleeping = `Name:	consumer
Umask:	0022
State:	S (sleeping)
Tgid:	4711
Ngid:	0
Pid:	4713
PPid:	4700
VmRSS:	    5120 kB
Threads:	7
SigQ:	3/95878
SigPnd:	0000000000000000
ShdPnd:	0000008000000a00
SigBlk:	fffffffc3bba3a00
SigIgn:	0000000000000002
SigCgt:	fffffffd7fc1feff
`

func TestParse(t *testing.T) {
	s, err := Parse(sleeping)
	require.NoError(t, err)
	require.Equal(t, Status{
		Name: "consumer", State: Sleeping, PID: 4713, TGID: 4711, PPID: 4700, Threads: 7, RSS: 5 << 20,
		Queued: 3, QueueLimit: 95878,
		Shared: 0x8000000a00, Blocked: 0xfffffffc3bba3a00, Ignored: 2, Caught: 0xfffffffd7fc1feff,
	}, s)
	require.Equal(t, []syscall.Signal{syscall.SIGUSR1, syscall.SIGUSR2, 40}, s.Shared.Signals())
	for _, never := range []syscall.Signal{9, 18, 19, 20, 21, 22, 32, 34} {
		require.False(t, s.Caught.Has(never), never)
	}
	require.False(t, s.Shared.Has(0))
	require.False(t, s.Shared.Has(65))
}

// Whatever is needed and missing, or nonsense, is an error that names it.
func TestParseRefuses(t *testing.T) {
	for _, key := range []string{"Name", "State", "Pid", "Tgid", "PPid", "Threads", "SigQ", "SigPnd", "ShdPnd", "SigBlk", "SigIgn", "SigCgt"} {
		_, err := Parse(strings.ReplaceAll(sleeping, "\n"+key+":", "\nX:"))
		if key == "Name" { // it is the first line
			_, err = Parse(strings.TrimPrefix(sleeping, "Name:\tconsumer\n"))
		}
		require.ErrorContains(t, err, "no "+key+" line")
		if key != "Name" && key != "State" {
			_, err = Parse(strings.ReplaceAll(sleeping, "\n"+key+":", "\n"+key+": nonsense"))
			require.ErrorContains(t, err, "line "+key)
		}
	}
	zombie, err := Parse(strings.ReplaceAll(strings.ReplaceAll(sleeping, "VmRSS", "X"), "S (sleeping)", "Z (zombie)"))
	require.NoError(t, err)
	require.Equal(t, Zombie, zombie.State)
	require.Zero(t, zombie.RSS)
}

func TestOwnProcess(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("there is no /proc here")
	}
	s, err := Process(os.Getpid())
	require.NoError(t, err)
	require.Equal(t, os.Getpid(), s.PID)
	require.Equal(t, os.Getppid(), s.PPID)
	require.True(t, s.Caught.Has(syscall.SIGURG), "the runtime handles it")
	require.False(t, s.Caught.Has(syscall.SIGKILL))
	tasks, err := Tasks(os.Getpid())
	require.NoError(t, err)
	require.NotEmpty(t, tasks)
	for _, task := range tasks {
		require.Equal(t, os.Getpid(), task.TGID)
	}
	_, err = Process(1 << 30)
	require.ErrorIs(t, err, fs.ErrNotExist)
}

func FuzzParse(f *testing.F) {
	f.Add(sleeping)
	f.Add(strings.Replace(sleeping, "S (sleeping)", "", 1))
	f.Fuzz(func(t *testing.T, text string) {
		if s, err := Parse(text); err == nil {
			require.NotZero(t, s.State)
		}
	})
}
