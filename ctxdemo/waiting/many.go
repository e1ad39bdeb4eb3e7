package waiting

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"lab.example/gopark/internal/experiment"
)

// many is what many goroutines saw that used one context at once.
type many struct {
	Users    int64 `obs:"/many/users:goroutines"`
	Derived  int64 `obs:"/many/derived:contexts"` // from it, while it was alive
	Channels int64 `obs:"/many/done:channels"`    // how many different ones Done returned
	Ended    int64 `obs:"/many/saw-end:goroutines"`
	Below    int64 `obs:"/many/children-ended:contexts"` // of one that each user derived last
}

const (
	users  = 64
	rounds = 50
)

// useAtOnce calls everything that a context has, in many goroutines, one of which cancels it.
func useAtOnce() (seen many) {
	seen.Users = users
	ctx, cancel := context.WithCancel(context.WithValue(context.Background(), key{}, 1))
	defer cancel()
	var derived, saw, below atomic.Int64
	var channels sync.Map
	var ready, done sync.WaitGroup
	ready.Add(users)
	for range users {
		done.Go(func() {
			for range rounds {
				child, cancel := context.WithTimeout(ctx, time.Hour)
				_, _ = child.Deadline()
				_, _ = child.Value(key{}), child.Err()
				stop := context.AfterFunc(child, func() {})
				stop()
				cancel()
				derived.Add(1)
			}
			last, cancel := context.WithCancel(ctx)
			defer cancel()
			channels.Store(ctx.Done(), nil)
			ready.Done()
			<-ctx.Done()
			if ctx.Err() != nil {
				saw.Add(1)
			}
			<-last.Done()
			below.Add(1)
		})
	}
	ready.Wait()
	cancel()
	done.Wait()
	seen.Derived, seen.Ended, seen.Below = derived.Load(), saw.Load(), below.Load()
	channels.Range(func(any, any) bool { seen.Channels++; return true })
	return seen
}

type key struct{}

func (seen many) check() error {
	switch {
	case seen.Channels != 1:
		return experiment.Refuted("Done of one context returned %d channels", seen.Channels)
	case seen.Derived != seen.Users*rounds:
		return experiment.Refuted("%d contexts were derived, not %d", seen.Derived, seen.Users*rounds)
	case seen.Ended != seen.Users:
		return experiment.Refuted("%d of %d goroutines saw the end of their context", seen.Ended, seen.Users)
	case seen.Below != seen.Users:
		return experiment.Refuted("%d of %d children ended", seen.Below, seen.Users)
	}
	return nil
}
