package alternatives

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"

	"lab.example/gopark/redpacket"
	"lab.example/gopark/redpacket/grab"
)

// owner is a goroutine that has the envelope to itself; the others ask it. "Share memory by
// communicating": no lock in sight, and a map that is only a map. Every grab is two changes of
// goroutine, and one goroutine is one core.
//
// It has to be ended, which is one more thing that can be forgotten.
type owner struct {
	requests chan *request
	closing  chan struct{}
	once     sync.Once
	done     sync.WaitGroup
	pile     *grab.Pile
	pool     sync.Pool // of *request
}

type request struct {
	ctx   context.Context // of the call, which waits
	user  string
	grant grab.Grant
	err   error
	reply chan struct{}
}

var errClosed = errors.New("grab: the envelope is closed")

func newOwner(p redpacket.Params, src rand.Source) (Envelope, error) {
	pile, err := grab.NewPile(p, grab.WithSource(src))
	if err != nil {
		return nil, err
	}
	o := &owner{requests: make(chan *request), closing: make(chan struct{}), pile: pile}
	o.pool.New = func() any { return &request{reply: make(chan struct{}, 1)} }
	o.done.Go(o.serve)
	return o, nil
}

func (o *owner) serve() {
	grants := make(map[string]grab.Grant)
	for {
		select {
		case r := <-o.requests:
			r.grant, r.err = claim(r.ctx, o.pile, grants, r.user)
			r.reply <- struct{}{}
		case <-o.closing:
			return
		}
	}
}

// Grab waits for its turn, and for nothing else: who has handed his request over waits for the
// answer although ctx ends, because he may have got a part.
func (o *owner) Grab(ctx context.Context, user string) (grab.Grant, error) {
	r := o.pool.Get().(*request)
	defer o.pool.Put(r)
	r.ctx, r.user = ctx, user
	select {
	case o.requests <- r:
		<-r.reply
		r.ctx = nil
		return r.grant, r.err
	case <-ctx.Done():
		return grab.Grant{}, context.Cause(ctx)
	case <-o.closing:
		return grab.Grant{}, errClosed
	}
}

func (o *owner) Left() int { return o.pile.Left() }

func (o *owner) Grants() []grab.Grant { return o.pile.Grants() }

// Close ends the goroutine and waits for that.
func (o *owner) Close() {
	o.once.Do(func() { close(o.closing) })
	o.done.Wait()
}
