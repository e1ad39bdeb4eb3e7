package labs

import (
	"bufio"
	"context"
	"errors"
	"os"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// Many learners at one keyboard: each gets a hint of its own, and no line of the
// journal is lost or torn.
func TestTwoAtOnceGetTwoHints(t *testing.T) {
	w := module(t)
	l := firsterr
	var mu sync.Mutex
	var got []int
	var wg sync.WaitGroup
	for range len(l.Page().Hints) {
		wg.Go(func() {
			h, err := w.hint(t.Context(), l, false)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				t.Error(err)
			}
			got = append(got, h.Level)
		})
	}
	wg.Wait()
	require.ElementsMatch(t, []int{1, 2, 3}, got)
}

// Whether one is inside is seen by what it does there, in two steps: only files, because
// the lock orders no memory.
func TestOneAtATimeIsInside(t *testing.T) {
	w := module(t)
	const n, rounds = 8, 20
	write(t, "count", "")
	var wg sync.WaitGroup
	for range n {
		wg.Go(func() {
			for range rounds {
				if err := w.locked(t.Context(), func() error {
					if err := os.Mkdir("inside", 0o755); err != nil {
						return err
					}
					count, err := os.ReadFile("count")
					return errors.Join(err, os.WriteFile("count", append(count, '|'), 0o644), os.Remove("inside"))
				}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	require.Len(t, read(t, "count"), n*rounds)
}

func TestALockThatAnotherProcessHolds(t *testing.T) {
	w := module(t)
	require.NoError(t, os.MkdirAll("work", 0o755))
	cmd := actor(t, "hold", w.root)
	in, err := cmd.StdinPipe()
	require.NoError(t, err)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	held, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	require.Equal(t, "held\n", held)

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	inside := func() error { return errors.New("inside") }
	require.ErrorIs(t, w.locked(ctx, inside), context.Canceled, "somebody else has it, and it can be called off")

	require.NoError(t, cmd.Process.Kill())
	require.Error(t, cmd.Wait())
	require.ErrorContains(t, w.locked(t.Context(), inside), "inside", "the dead hold nothing")
	in.Close()
}
