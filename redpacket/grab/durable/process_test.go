package durable

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"golang.org/x/sys/unix"

	"lab.example/gopark/internal/child"
	"lab.example/gopark/redpacket"
	"lab.example/gopark/redpacket/grab"
	"lab.example/gopark/redpacket/grab/grabtest"
	"lab.example/gopark/redpacket/grab/recipe"
)

func TestMain(m *testing.M) {
	grabtest.Bodies(map[string]func(grabtest.Order, grabtest.Say) error{
		"grab": grabbing, "open": opening, "fill": filling, "begin": beginning,
	})
	goleak.VerifyTestMain(m)
}

var kills = flag.Int("kills", 25, "how often TestCrashStorm kills the process")

// grabbing is a storm in a log.
func grabbing(o grabtest.Order, say grabtest.Say) error {
	l, err := Open(o.Where, o.Params)
	if err != nil {
		return err
	}
	o.Run(l.Grab, say)
	return l.Close()
}

// TestCrashStorm kills a process by SIGKILL while many goroutines in it grab, and starts it
// anew, again and again. What anybody was told lasts, nothing is given twice, and in the end
// all is given away, to the last coin. More kills: -kills 200.
//
// The kernel survives, and with it what was written and not synced. What a loss of power does is
// the business of TestNobodyIsToldWrong.
func TestCrashStorm(t *testing.T) {
	seed := rand.Uint64()
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("seed %d", seed)
		}
	})
	r := rand.New(rand.NewPCG(seed, 0))
	if child.RaceEnabled {
		*kills = min(*kills, 8)
	}
	n := 400 * *kills
	o := grabtest.Order{
		Where:  filepath.Join(t.TempDir(), "log"),
		Params: redpacket.Params{N: n, Min: 1, Max: 100, Sum: int64(30*n + 7)},
		Storm:  grabtest.Storm{Users: 2 * n},
	}
	heard := new(grabtest.Heard) // all that anybody was ever told
	begun := time.Now()
	lives, lines, idle := 0, 0, 0
	for left := n; left > 0 || lives <= *kills; lives++ {
		o.Seed, o.Goroutines = r.Uint64(), 1+r.IntN(100)
		before := left
		lines += life(t, o, r.IntN(500), lives < *kills, heard)
		left = recovered(t, o, heard)
		require.LessOrEqual(t, left, before)
		if left == before {
			idle++
		}
		require.Less(t, lives, *kills+5)
	}
	l, err := Open(o.Where, o.Params)
	require.NoError(t, err)
	requireAll(t, l)
	require.NoError(t, l.Close())
	t.Logf("%d kills, in %d lives nothing was given away, %d packets, %d answers, %v", *kills, idle, n, lines, time.Since(begun).Round(time.Millisecond))
}

// life starts a process, kills it when it has given some answers, or lets it live, and adds what
// it said to heard.
func life(t *testing.T, o grabtest.Order, answers int, kill bool, heard *grabtest.Heard) (lines int) {
	enough := make(chan struct{})
	if answers == 0 {
		close(enough)
	}
	p := o.Start(t, "grab", func(line string) {
		if lines++; lines == answers {
			close(enough)
		}
		heard.Line(line)
	})
	if kill {
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			_, _ = p.Wait()
		}()
		select {
		case <-enough:
		case <-ended: // it was sold out before
		}
		if err := p.Signal(syscall.SIGKILL); !errors.Is(err, os.ErrProcessDone) {
			require.NoError(t, err)
		}
		<-ended
	}
	status, err := p.Wait()
	require.NoError(t, err)
	if status.Signal != "SIGKILL" {
		require.Zero(t, status.Exit)
	}
	return lines
}

// recovered holds that everything that was heard of is in the log, and returns how much is left.
func recovered(t *testing.T, o grabtest.Order, heard *grabtest.Heard) int {
	l, err := Open(o.Where, o.Params)
	require.NoError(t, err)
	require.NoError(t, heard.Lasts(l.Holders()))
	require.NoError(t, l.Close())
	return l.Left()
}

// opening opens the log, once, and gives itself a packet if it has it.
func opening(o grabtest.Order, say grabtest.Say) error {
	l, err := Open(o.Where, o.Params)
	if err != nil {
		say("%v", err)
		return nil
	}
	g, err := l.Grab(context.Background(), fmt.Sprint(o.Seed))
	say("got %d %d %v", g.Index, g.Amount, err)
	return l.Close()
}

// TestInUse holds that a file has one user at a time, whoever that is.
func TestInUse(t *testing.T) {
	o := grabtest.Order{Where: filepath.Join(t.TempDir(), "log"), Params: small}
	l, err := Open(o.Where, small)
	require.NoError(t, err)
	_, err = Open(o.Where, small)
	require.ErrorIs(t, err, ErrInUse)
	var said []string
	_, err = o.Start(t, "open", func(line string) { said = append(said, line) }).Wait()
	require.NoError(t, err)
	require.Len(t, said, 1)
	require.Contains(t, said[0], "the log is in use")

	require.NoError(t, l.Close())
	l, err = Open(o.Where, small)
	require.NoError(t, err)
	require.NoError(t, l.Close())
}

// TestManyCreate holds that of several processes which make a log at the same time none destroys
// what another one has done, and that nothing lies about afterwards.
func TestManyCreate(t *testing.T) {
	dir := t.TempDir()
	var mu sync.Mutex
	got := make(map[string]int)
	var wrong []string
	var processes []*child.Process
	for i := range 6 {
		o := grabtest.Order{Where: filepath.Join(dir, "log"), Params: small, Storm: grabtest.Storm{Seed: uint64(i)}}
		processes = append(processes, o.Start(t, "open", func(line string) {
			mu.Lock()
			defer mu.Unlock()
			if strings.HasPrefix(line, "got") {
				got[line]++
			} else if !strings.Contains(line, "the log is in use") {
				wrong = append(wrong, line)
			}
		}))
	}
	for _, p := range processes {
		_, err := p.Wait()
		require.NoError(t, err)
	}
	l, err := Open(filepath.Join(dir, "log"), small)
	require.NoError(t, err)
	require.Empty(t, wrong)
	require.NotEmpty(t, got)
	require.Len(t, l.Grants(), len(got))
	for _, g := range l.Grants() {
		require.Equal(t, 1, got[fmt.Sprintf("got %d %d <nil>", g.Index, g.Amount)])
	}
	require.NoError(t, l.Close())
	files, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, files, 1)
	info, err := files[0].Info()
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode(), "the seed is in it")
}

// TestCreateTakesNobodysPlace is what happens when somebody was quicker: there is one log, and it
// is his.
func TestCreateTakesNobodysPlace(t *testing.T) {
	name := filepath.Join(t.TempDir(), "log")
	l, err := Open(name, small)
	require.NoError(t, err)
	_, err = l.Grab(t.Context(), "user")
	require.NoError(t, err)
	require.NoError(t, l.Close())
	require.NoError(t, create(name, recipe.Wish{Params: small}))
	l, err = Open(name, small)
	require.NoError(t, err)
	require.Len(t, l.Grants(), 1)
	require.NoError(t, l.Close())

	_, err = Open(filepath.Join(name, "below a file"), small)
	require.ErrorIs(t, err, syscall.ENOTDIR)
	nowhere := filepath.Join(t.TempDir(), "nowhere")
	_, err = Open(filepath.Join(nowhere, "log"), small)
	require.ErrorIs(t, err, os.ErrNotExist)
	name = filepath.Join(t.TempDir(), "log")
	_, err = Open(name, redpacket.Params{N: 1, Min: 2, Max: 1})
	require.ErrorIs(t, err, redpacket.ErrInfeasible)
	require.NoFileExists(t, name)
}

// filling grabs until a real file can grow no more, then until it can again.
func filling(o grabtest.Order, say grabtest.Say) error {
	l, err := Open(o.Where, o.Params)
	if err != nil {
		return err
	}
	var old unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_FSIZE, &old); err != nil {
		return err
	}
	const room = 1000
	if err := unix.Setrlimit(unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: room, Max: old.Max}); err != nil {
		return err
	}
	refused := false
	for i := 0; l.Left() > 0; i++ {
		g, err := l.Grab(context.Background(), fmt.Sprint("user", i))
		if err == nil {
			say("got %d %d", i, g.Index)
			continue
		}
		info, stat := os.Stat(o.Where)
		if stat != nil {
			return stat
		}
		say("refused %t, at most %t, cut back %t", errors.Is(err, syscall.EFBIG) && !errors.Is(err, grab.ErrUnknown), info.Size() <= room, info.Size() == l.end)
		if refused {
			if err := unix.Setrlimit(unix.RLIMIT_FSIZE, &old); err != nil {
				return err
			}
		}
		refused = true
	}
	return l.Close()
}

// TestNoRoom is TestDiskFull with a real file, which may not grow beyond some size.
func TestNoRoom(t *testing.T) {
	o := grabtest.Order{Where: filepath.Join(t.TempDir(), "log"), Params: redpacket.Params{N: 100, Min: 1, Max: 9, Sum: 500}}
	var got []int
	var refused []string
	p := o.Start(t, "fill", func(line string) {
		var user, index int
		if _, err := fmt.Sscanf(line, "got %d %d", &user, &index); err == nil {
			got = append(got, user)
			return
		}
		refused = append(refused, line)
	})
	status, err := p.Wait()
	require.NoError(t, err)
	require.Zero(t, status.Exit)
	once := "refused true, at most true, cut back true"
	require.Equal(t, []string{once, once}, refused)
	l, err := Open(o.Where, o.Params)
	require.NoError(t, err)
	requireAll(t, l)
	for user, g := range l.Holders() {
		require.Equal(t, fmt.Sprint("user", got[g.Index]), user)
	}
	require.NoError(t, l.Close())
}

// beginning makes a log where there is no room for its header, and then where there is.
func beginning(o grabtest.Order, say grabtest.Say) error {
	var old unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_FSIZE, &old); err != nil {
		return err
	}
	for _, room := range []uint64{0, uint64(headerSize) - 1, old.Cur} {
		if err := unix.Setrlimit(unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: room, Max: old.Max}); err != nil {
			return err
		}
		l, err := Open(o.Where, o.Params)
		if err == nil {
			err = l.Close()
		}
		files, failed := os.ReadDir(filepath.Dir(o.Where))
		if failed != nil {
			return failed
		}
		say("full %t, %v, %d files", errors.Is(err, syscall.EFBIG), err == nil, len(files))
	}
	return nil
}

// TestNoRoomToBegin holds that a log which could not be made is not there, and nothing of it.
func TestNoRoomToBegin(t *testing.T) {
	o := grabtest.Order{Where: filepath.Join(t.TempDir(), "log"), Params: small}
	var said []string
	status, err := o.Start(t, "begin", func(line string) { said = append(said, line) }).Wait()
	require.NoError(t, err)
	require.Zero(t, status.Exit)
	require.Equal(t, []string{"full true, false, 0 files", "full true, false, 0 files", "full false, true, 1 files"}, said)
}

// TestNames is what may have the name of a log, or may not.
func TestNames(t *testing.T) {
	dir := t.TempDir()
	long := filepath.Join(dir, strings.Repeat("x", 255)) // as long as a name can be
	l, err := Open(long, small)
	require.NoError(t, err)
	require.NoError(t, l.Close())
	for name, want := range map[string]error{
		long + "x":                       syscall.ENAMETOOLONG,
		dir:                              syscall.EISDIR,
		"":                               os.ErrNotExist,
		filepath.Join(dir, "none") + "/": os.ErrNotExist,
		os.DevNull:                       ErrOther,
	} {
		_, err := Open(name, small)
		require.ErrorIs(t, err, want, "%q", name)
	}
	files, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, files, 1)
}
