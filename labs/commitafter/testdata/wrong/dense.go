package commitafter

import (
	"context"
	"sync"
)

// Run knows which offset is next, and waits for it. On a log of Kafka some never come.
func Run(ctx context.Context, c Consumer, workers int, work Work) error {
	stop, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)

	var (
		mu     sync.Mutex
		next   = make(map[int32]int64)          // to be committed, by partition
		done   = make(map[int32]map[int64]bool) // and not committed
		failed bool
	)
	finish := func(r Record) error {
		mu.Lock()
		defer mu.Unlock()
		done[r.Partition][r.Offset] = true
		before := next[r.Partition]
		for done[r.Partition][next[r.Partition]] {
			delete(done[r.Partition], next[r.Partition])
			next[r.Partition]++
		}
		if next[r.Partition] == before || failed {
			return nil
		}
		err := c.Commit(r.Partition, next[r.Partition])
		failed = err != nil
		return err
	}
	free := make(chan struct{}, workers)
	var wg sync.WaitGroup
	for stop.Err() == nil {
		select {
		case free <- struct{}{}:
		case <-stop.Done():
			continue
		}
		if stop.Err() != nil {
			break
		}
		r, err := c.Fetch(stop)
		if err != nil {
			cancel(err)
			break
		}
		mu.Lock()
		if done[r.Partition] == nil {
			done[r.Partition], next[r.Partition] = make(map[int64]bool), r.Offset
		}
		mu.Unlock()
		wg.Go(func() {
			defer func() { <-free }()
			err := work(ctx, r)
			if err == nil {
				err = finish(r)
			}
			if err != nil {
				cancel(err)
			}
		})
	}
	wg.Wait()
	return context.Cause(stop)
}

// verdict: assert: offsets that a transaction's end has taken never come
