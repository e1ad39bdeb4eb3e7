package grabtest

import (
	"context"
	"errors"
	"fmt"

	"lab.example/gopark/redpacket"
	"lab.example/gopark/redpacket/grab"
)

func name(i int) string { return fmt.Sprint("user-", i) }

func oneAfterTheOther(p redpacket.Params, e grab.Envelope) error {
	var given []grab.Grant
	for i := range p.N {
		g, err := e.Grab(context.Background(), name(i))
		if err != nil || g.Again {
			return fmt.Errorf("grab %d of %d: %+v and %w", i+1, p.N, g, orNothing(err))
		}
		given = append(given, g)
		if err := settled(p, e, given); err != nil {
			return err
		}
	}
	for i := range 3 {
		if err := soldOut(e.Grab(context.Background(), name(p.N+i))); err != nil {
			return err
		}
	}
	return settled(p, e, given)
}

func nothingInIt(p redpacket.Params, e grab.Envelope) error {
	if err := soldOut(e.Grab(context.Background(), name(0))); err != nil {
		return err
	}
	return settled(p, e, nil)
}

func againTheSame(p redpacket.Params, e grab.Envelope) error {
	// Names that a careless key would mix up.
	users := []string{"", " ", "a", "A", "a\x00", "\x00a", "ab", "\xff", "é", "e\u0301"}
	var given []grab.Grant
	for _, user := range users[:p.N] {
		first, err := e.Grab(context.Background(), user)
		if err != nil {
			return fmt.Errorf("grab for %q: %w", user, err)
		}
		given = append(given, first)
		if err := settled(p, e, given); err != nil {
			return err
		}
		if err := hasAgain(e, user, first); err != nil {
			return err
		}
	}
	for i, user := range users[:p.N] { // and when nothing is left
		if err := hasAgain(e, user, given[i]); err != nil {
			return err
		}
	}
	return settled(p, e, given)
}

// hasAgain holds that the user is told that he has got first.
func hasAgain(e grab.Envelope, user string, first grab.Grant) error {
	g, err := e.Grab(context.Background(), user)
	first.Again = true
	if err != nil || g != first {
		return fmt.Errorf("%q asked again: %+v and %w, not %+v", user, g, orNothing(err), first)
	}
	return nil
}

// errHungUp is why contexts end here.
var errHungUp = errors.New("hung up")

func cancelledBefore(p redpacket.Params, e grab.Envelope) error {
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(errHungUp)
	if err := hungUp(e.Grab(ctx, name(0))); err != nil {
		return err
	}
	if err := settled(p, e, nil); err != nil {
		return err
	}
	g, err := e.Grab(context.Background(), name(0))
	if err != nil || g.Again {
		return fmt.Errorf("a grab after one that was cancelled: %+v and %w", g, orNothing(err))
	}
	if err := hungUp(e.Grab(ctx, name(0))); err != nil { // although he has it
		return err
	}
	return settled(p, e, []grab.Grant{g})
}

// hungUp holds that a grab has failed because its context had ended.
func hungUp(g grab.Grant, err error) error {
	if !errors.Is(err, errHungUp) || g != (grab.Grant{}) {
		return fmt.Errorf("%+v and %w, not the cause of the cancellation", g, orNothing(err))
	}
	return nil
}

// fading is a context that ends when it has been looked at so often. So it ends at every moment
// of a grab that the grab can tell from others.
type fading struct {
	context.Context
	cancel context.CancelCauseFunc
	looks  int
}

func newFading(looks int) *fading {
	ctx, cancel := context.WithCancelCause(context.Background())
	return &fading{ctx, cancel, looks}
}

func (f *fading) look() {
	if f.looks == 0 {
		f.cancel(errHungUp)
	}
	f.looks--
}

func (f *fading) Err() error {
	err := f.Context.Err()
	f.look() // after that: it was still alive
	return err
}

// cancelledAtALook lets a context end right after it was found alive. The grab may go on and
// give the part, or find out later and give none; but not say one and do the other.
func cancelledAtALook(p redpacket.Params, e grab.Envelope) error {
	var given []grab.Grant
	for looks := range 6 {
		ctx := newFading(looks)
		user := name(looks)
		g, err := e.Grab(ctx, user)
		ctx.cancel(nil)
		if err == nil {
			given = append(given, g)
		} else if err := hungUp(g, err); err != nil {
			return err
		}
		if err := settled(p, e, given); err != nil {
			return fmt.Errorf("cancelled after %d looks, which said %w: %w", looks+1, orNothing(err), err)
		}
		then, lost := e.Grab(context.Background(), user)
		if lost != nil || then.Again != (err == nil) {
			return fmt.Errorf("cancelled after %d looks, which said %w; then %+v and %w", looks+1, orNothing(err), then, orNothing(lost))
		}
		if !then.Again {
			given = append(given, then)
		}
	}
	return settled(p, e, given)
}
