package tree_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/ctxdemo/tree"
	"lab.example/gopark/ctxdemo/tree/oracle"
	"lab.example/gopark/internal/timeline"
)

// TestChurn has several goroutines make and cancel contexts under shared parents while others
// look. At every moment, the picture says of nobody that it is dead who is alive; at rest it is
// the real tree, and its events are a timeline that can have happened.
func TestChurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for round := range 20 {
			churn(t, rand.New(rand.NewPCG(1, uint64(round))))
		}
	})
}

func churn(t *testing.T, random *rand.Rand) {
	tr := tree.New(tree.Options{Keep: 1 << 20, Log: 1 << 20, Sites: true})
	root, cancelRoot := tr.WithCancelCause(context.Background())
	var mu sync.Mutex // guards what follows
	all := []context.Context{root}
	cancels := []context.CancelCauseFunc{}
	var group sync.WaitGroup
	for range 4 {
		seed := random.Uint64()
		group.Go(func() {
			random := rand.New(rand.NewPCG(2, seed))
			for i := range 60 {
				mu.Lock()
				parent := all[random.IntN(len(all))]
				var old context.CancelCauseFunc
				if len(cancels) > 0 {
					old = cancels[random.IntN(len(cancels))]
				}
				mu.Unlock()
				ctx, cancel := parent, context.CancelCauseFunc(nil)
				switch random.IntN(8) {
				case 0:
					ctx = tr.WithValue(parent, key(0), 0)
				case 1:
					var plain func()
					ctx, plain = tr.WithTimeout(parent, time.Duration(random.IntN(3)-1)*time.Hour)
					cancel = func(error) { plain() }
				case 2:
					ctx, cancel = context.WithCancelCause(parent)
				case 3:
					tr.AfterFunc(parent, func() {})
				case 4, 5:
					ctx, cancel = tr.WithCancelCause(parent)
				case 6:
					if old != nil {
						old(fmt.Errorf("%d", i))
					}
				case 7:
					ctx = tr.WithoutCancel(parent)
				}
				mu.Lock()
				all = append(all, ctx)
				if cancel != nil {
					cancels = append(cancels, cancel)
				}
				mu.Unlock()
			}
		})
	}
	group.Go(func() {
		for range 10 {
			dead := make(map[string]bool)
			for n := range tr.Snapshot().All() {
				dead[n.Path()] = n.State == timeline.Canceled
			}
			mu.Lock()
			seen := slices.Clone(all)
			mu.Unlock()
			for _, ctx := range seen {
				if ctx.Err() == nil && dead[tr.Path(ctx)] {
					real, _ := oracle.Of(ctx)
					above := ctx.Value(tr).(context.Context)
					require.Error(t, above.Err(), "%s lives: %+v", tr.Path(ctx), real)
				}
			}
		}
	})
	group.Wait()
	cancelRoot(errEnough)
	synctest.Wait()

	picture := nodes(tr.Snapshot())
	for _, ctx := range all {
		own, ok := ctx.Value(tr).(context.Context)
		require.True(t, ok)
		n := picture[tr.Path(ctx)]
		require.NotNil(t, n)
		require.Equal(t, own.Err(), n.Err, n.Path())
		require.Equal(t, context.Cause(own), n.Cause, n.Path())
	}
	real, err := oracle.Of(root)
	require.NoError(t, err)
	require.Empty(t, real.Children)
	var board timeline.Board
	for _, e := range tr.Events() {
		require.NoError(t, board.Apply(e))
	}
	for path, n := range picture {
		require.Equal(t, n.State, board.State(timeline.Subject{Kind: timeline.Context, ID: path}))
	}
	for _, cancel := range cancels {
		cancel(nil)
	}
	synctest.Wait()
}
