package deadlines

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"lab.example/gopark/internal/experiment"
)

// coins counts how often it came up which way, in so many tosses of each.
type coins struct {
	Tosses int64 `obs:"/coin/tosses:tosses"`

	// Sleep until the deadline, then Err.
	Nil      int64 `obs:"/coin/nil:tosses"`
	Exceeded int64 `obs:"/coin/exceeded:tosses"`

	// The same, with a synctest.Wait in between.
	Waited int64 `obs:"/coin/wait-exceeded:tosses"`

	// A parent and its child with the same deadline: whose cause has the child?
	Parents int64 `obs:"/coin/parents-cause:tosses"`
	Childs  int64 `obs:"/coin/childs-cause:tosses"`
}

const tosses = 200

var errParent, errChild = errors.New("parent"), errors.New("child")

func toss(t *testing.T) (seen coins) {
	seen.Tosses = tosses
	for range tosses {
		synctest.Test(t, func(*testing.T) {
			switch sleepAndLook() {
			case nil:
				seen.Nil++
			case context.DeadlineExceeded:
				seen.Exceeded++
			}
		})
		synctest.Test(t, func(*testing.T) {
			if sleepWaitAndLook() == context.DeadlineExceeded {
				seen.Waited++
			}
		})
		synctest.Test(t, func(*testing.T) {
			switch tie() {
			case errParent:
				seen.Parents++
			case errChild:
				seen.Childs++
			}
		})
	}
	return seen
}

func sleepAndLook() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	time.Sleep(time.Second)
	return ctx.Err()
}

func sleepWaitAndLook() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	time.Sleep(time.Second)
	synctest.Wait()
	return ctx.Err()
}

func tie() error {
	at := time.Now().Add(time.Second)
	parent, cancelParent := context.WithDeadlineCause(context.Background(), at, errParent)
	defer cancelParent()
	child, cancel := context.WithDeadlineCause(parent, at, errChild)
	defer cancel()
	<-child.Done()
	return context.Cause(child)
}

// fair is the fewest of 200 tosses in which a side must come up. One of two fair coins gives
// less with a probability of 1.3e-8, and that is how often a good runtime is refuted.
const fair = 60

func (c coins) check() error {
	switch {
	case c.Nil+c.Exceeded != c.Tosses || c.Parents+c.Childs != c.Tosses:
		return experiment.Refuted("of %d tosses %d and %d, %d and %d came up: there is a third side", c.Tosses, c.Nil, c.Exceeded, c.Parents, c.Childs)
	case min(c.Nil, c.Exceeded) < fair:
		return experiment.Refuted("at the deadline Err was nil %d times and DeadlineExceeded %d times: not a fair coin", c.Nil, c.Exceeded)
	case c.Waited != c.Tosses:
		return experiment.Refuted("after synctest.Wait the deadline was exceeded in %d of %d tosses", c.Waited, c.Tosses)
	case min(c.Parents, c.Childs) < fair:
		return experiment.Refuted("of two equal deadlines the parent's came first %d times and the child's %d times: not a fair coin", c.Parents, c.Childs)
	}
	return nil
}
