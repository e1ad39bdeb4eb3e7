package interrupt

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

func TestUncuttableFile(t *testing.T) {
	h := New("main")
	plain, err := os.Create(filepath.Join(t.TempDir(), "plain"))
	require.NoError(t, err)
	defer plain.Close()
	_, err = NewFile(h, plain, DeadlineIO)
	require.ErrorIs(t, err, ErrUncuttable)
	require.ErrorIs(t, err, os.ErrNoDeadline)
	_, err = NewFile(h, plain, CloseIO)
	require.NoError(t, err, "it does not block for long")

	// A pipe as a process gets it as its standard input: in blocking mode.
	var fds [2]int
	require.NoError(t, unix.Pipe(fds[:]))
	r, w := os.NewFile(uintptr(fds[0]), "stdin"), os.NewFile(uintptr(fds[1]), "w")
	defer r.Close()
	defer w.Close()

	polled, other, err := os.Pipe()
	require.NoError(t, err)
	defer polled.Close()
	defer other.Close()
	_, err = NewFile(h, polled, DeadlineIO)
	require.NoError(t, err)
	polled.Fd()

	for _, mode := range []IOMode{CloseIO, DeadlineIO} {
		_, err = NewFile(h, r, mode)
		require.ErrorIs(t, err, ErrUncuttable, mode)
		require.ErrorIs(t, err, os.ErrNoDeadline, mode)
		_, err = NewFile(h, polled, mode)
		require.ErrorIs(t, err, ErrUncuttable, mode)
		require.ErrorContains(t, err, "as after Fd", mode)
	}
	_, err = NewFile(h, r, LegacyIO)
	require.NoError(t, err)
}

func TestFileWritesWhatItCan(t *testing.T) {
	s := &stage{T: t}
	r, w := pipe(s)
	defer r.Close()
	defer w.Close()
	n := 0
	a := s.start(func(h *Handle) error {
		f, err := NewFile(h, w, DeadlineIO)
		require.NoError(t, err)
		n, err = f.Write(make([]byte, 1<<20))
		return err
	})
	s.blocked(a)
	a.h.Interrupt()
	<-a.h.Done()
	require.EqualError(t, a.err, "write: interrupted")
	require.Positive(t, n)
	require.NoError(t, w.Close())
	left := 0
	for p := make([]byte, 1<<16); ; {
		n, err := r.Read(p)
		left += n
		if err != nil {
			break
		}
	}
	require.Equal(t, n, left, "what it says that it has written")
}
