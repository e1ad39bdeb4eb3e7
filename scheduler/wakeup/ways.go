package wakeup

import "sync"

// A way is a thing to wait for. Many goroutines call wait, and block; one call of wake
// wakes them all. It is used once.
type way struct {
	wait func()
	wake func()
}

// closed is a channel that nobody sends to, until it is closed.
func closed() way {
	c := make(chan struct{})
	return way{
		wait: func() { <-c },
		wake: func() { close(c) },
	}
}

// sent is a channel without a buffer, to which a value is sent for each of n.
func sent(n int) way {
	c := make(chan struct{})
	return way{
		wait: func() { <-c },
		wake: func() {
			for range n {
				c <- struct{}{} // never blocks: somebody waits
			}
		},
	}
}

// done is a WaitGroup with one thing left to do.
func done() way {
	var wg sync.WaitGroup
	wg.Add(1)
	return way{wait: wg.Wait, wake: wg.Done}
}

// broadcast is a condition that comes true once. The caller of Broadcast does not hold
// the lock, so each of the woken finds it free.
func broadcast() way {
	var mu sync.Mutex
	cond := sync.NewCond(&mu)
	come := false
	return way{
		wait: func() {
			mu.Lock()
			defer mu.Unlock()
			for !come {
				cond.Wait()
			}
		},
		wake: func() {
			mu.Lock()
			come = true
			mu.Unlock()
			cond.Broadcast()
		},
	}
}
