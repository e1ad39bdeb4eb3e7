package inorder

import (
	"context"
	"sync"
)

// Map numbers the values and keeps what came too early until its turn. At most n calls
// run at the same time, but what is kept has no bound.
func Map(ctx context.Context, n int, in <-chan int, work Work) <-chan string {
	type numbered struct {
		i, value int
		result   string
	}
	todo := make(chan numbered)
	ready := make(chan numbered)
	var wg sync.WaitGroup
	wg.Go(func() {
		defer close(todo)
		for i := 0; ; i++ {
			select {
			case <-ctx.Done():
				return
			case value, ok := <-in:
				if !ok {
					return
				}
				select {
				case <-ctx.Done():
					return
				case todo <- numbered{i: i, value: value}:
				}
			}
		}
	})
	for range n {
		wg.Go(func() {
			for v := range todo {
				if ctx.Err() != nil {
					return
				}
				v.result = work(v.value)
				select {
				case <-ctx.Done():
					return
				case ready <- v:
				}
			}
		})
	}
	go func() {
		wg.Wait()
		close(ready)
	}()
	out := make(chan string)
	go func() {
		defer close(out)
		kept := map[int]string{}
		next := 0
		for r := range ready {
			kept[r.i] = r.result
			for result, ok := kept[next]; ok; result, ok = kept[next] {
				select {
				case <-ctx.Done():
					wg.Wait()
					return
				case out <- result:
				}
				delete(kept, next)
				next++
			}
		}
	}()
	return out
}

// verdict: assert: results pile up
