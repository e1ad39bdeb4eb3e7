package grabtest

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"lab.example/gopark/redpacket"
	"lab.example/gopark/redpacket/grab"
)

// answer is what somebody got.
type answer struct {
	user  string
	grant grab.Grant
	err   error
}

// together calls do for 0..n-1, each in a goroutine of its own, which all begin when they are
// all there, and returns what they got.
func together(n int, do func(i int) answer) []answer {
	answers := make([]answer, n)
	begin := make(chan struct{})
	var ready, done sync.WaitGroup
	ready.Add(n)
	for i := range n {
		done.Go(func() {
			ready.Done()
			<-begin
			answers[i] = do(i)
		})
	}
	ready.Wait()
	close(begin)
	done.Wait()
	return answers
}

// firsts returns the grants that were not given again. Its error says that users who were told
// different things.
func firsts(answers []answer) ([]grab.Grant, error) {
	var given []grab.Grant
	had := make(map[string]grab.Grant)
	for _, a := range answers {
		if a.err == nil && !a.grant.Again {
			if before, twice := had[a.user]; twice {
				return nil, fmt.Errorf("%s got %+v and %+v", a.user, before, a.grant)
			}
			had[a.user] = a.grant
			given = append(given, a.grant)
		}
	}
	for _, a := range answers {
		if first, ok := had[a.user]; a.err == nil && (!ok || first.Index != a.grant.Index || first.Amount != a.grant.Amount) {
			return nil, fmt.Errorf("%s was told %+v, and had got %+v", a.user, a.grant, first)
		}
		if _, ok := had[a.user]; ok && errors.Is(a.err, grab.ErrSoldOut) {
			return nil, fmt.Errorf("%s has got something, and was told %w", a.user, a.err)
		}
	}
	return given, nil
}

// aCrowd is more users than parts, each of whom asks from two goroutines.
func aCrowd(p redpacket.Params, e grab.Envelope) error {
	answers := together(4*p.N, func(i int) answer {
		user := name(i / 2)
		g, err := e.Grab(context.Background(), user)
		return answer{user, g, err}
	})
	given, err := firsts(answers)
	if err != nil {
		return err
	}
	if len(given) != p.N {
		return fmt.Errorf("%d of %d parts went to a crowd of %d users", len(given), p.N, len(answers)/2)
	}
	for _, a := range answers {
		if a.err != nil {
			if err := soldOut(a.grant, a.err); err != nil {
				return err
			}
		}
	}
	return settled(p, e, given)
}

func sameUser(p redpacket.Params, e grab.Envelope) error {
	answers := together(50, func(int) answer {
		g, err := e.Grab(context.Background(), name(0))
		return answer{name(0), g, err}
	})
	for _, a := range answers {
		if a.err != nil {
			return fmt.Errorf("grab by a user who asks %d times at once: %w", len(answers), a.err)
		}
	}
	given, err := firsts(answers)
	if err != nil {
		return err
	}
	return settled(p, e, given)
}

// inStep lets two goroutines ask at the same time, as much as that can be done, one step after
// the other, until nothing is left and beyond: in every other step for the same user. What is
// two operations and should be one takes some nanoseconds in between, and this is how somebody
// else gets there, if the machine has two cores to spare.
func inStep(p redpacket.Params, e grab.Envelope) error {
	const goroutines = 2
	var there atomic.Int64
	all := make([][]answer, goroutines)
	together(goroutines, func(i int) answer {
		for step := range p.N {
			user := name(step)
			if step%2 == 0 {
				user = name(step*goroutines + p.N + i)
			}
			there.Add(1)
			for looks := 0; int(there.Load()) < goroutines*(step+1); looks++ {
				if looks > 200 {
					runtime.Gosched()
				}
			}
			g, err := e.Grab(context.Background(), user)
			all[i] = append(all[i], answer{user, g, err})
		}
		return answer{}
	})
	given, err := firsts(slices.Concat(all...))
	if err != nil {
		return err
	}
	if len(given) != p.N {
		return fmt.Errorf("%d of %d parts were given in %d steps", len(given), p.N, p.N)
	}
	return settled(p, e, given)
}

// cancelledInACrowd hangs up while users grab. Whoever was told so has nothing, and gets
// something when he comes again.
func cancelledInACrowd(p redpacket.Params, e grab.Envelope) error {
	answers := together(p.N/2, func(i int) answer {
		ctx, cancel := context.WithCancelCause(context.Background())
		var hangUp sync.WaitGroup
		hangUp.Go(func() { cancel(errHungUp) })
		if i%2 == 0 {
			runtime.Gosched()
		}
		g, err := e.Grab(ctx, name(i))
		hangUp.Wait()
		return answer{name(i), g, err}
	})
	given, err := firsts(answers)
	if err != nil {
		return err
	}
	if err := settled(p, e, given); err != nil {
		return err
	}
	for _, a := range answers {
		if a.err == nil {
			continue
		}
		if err := hungUp(a.grant, a.err); err != nil {
			return err
		}
		g, err := e.Grab(context.Background(), a.user)
		if err != nil || g.Again {
			return fmt.Errorf("%s hung up and came again: %+v and %w", a.user, g, orNothing(err))
		}
		given = append(given, g)
	}
	return settled(p, e, given)
}

// lookedAt looks at an envelope while it is grabbed: what is left shrinks, and what was given
// grows, by whole grants.
func lookedAt(p redpacket.Params, e grab.Envelope) error {
	stop := make(chan struct{})
	var watcher sync.WaitGroup
	var wrong error
	watcher.Go(func() { wrong = watch(p, e, stop) })
	answers := together(p.N, func(i int) answer {
		g, err := e.Grab(context.Background(), name(i))
		if err == nil && e.Left() >= p.N {
			err = errors.New("a part was given, and none is missing")
		}
		return answer{name(i), g, err}
	})
	close(stop)
	watcher.Wait()
	if wrong != nil {
		return wrong
	}
	for _, a := range answers {
		if a.err != nil {
			return a.err
		}
	}
	given, err := firsts(answers)
	if err != nil {
		return err
	}
	return settled(p, e, given)
}

func watch(p redpacket.Params, e grab.Envelope, stop <-chan struct{}) error {
	left, seen := p.N, make(map[int]int64)
	for {
		select {
		case <-stop:
			return nil
		default:
		}
		before := e.Left()
		grants := e.Grants()
		after := e.Left()
		if before > left || after > before {
			return fmt.Errorf("%d are left, then %d, then %d", left, before, after)
		}
		if n := p.N - len(grants); n > before || n < after {
			return fmt.Errorf("%d are left, then Grants says %d, then %d are left", before, n, after)
		}
		left = after
		now := make(map[int]int64)
		for _, g := range grants {
			now[g.Index] = g.Amount
		}
		for i, amount := range seen {
			if then, ok := now[i]; !ok || then != amount {
				return fmt.Errorf("part %d of %d was in Grants, and then was not", i, amount)
			}
		}
		seen = now
		runtime.Gosched()
	}
}
