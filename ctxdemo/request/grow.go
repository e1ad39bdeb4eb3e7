package request

import (
	"context"
	"time"

	"lab.example/gopark/ctxdemo/tree"
)

// The paths of the contexts.
const (
	server   = "server"
	req      = server + "/request"
	handler  = req + "/handler"
	user     = handler + "/user"
	prices   = user + "/prices"
	stock    = user + "/stock"
	reviews  = user + "/reviews"
	audit    = user + "/audit"
	log      = audit + "/log"
	rollback = user + "/rollback"
	late     = user + "/late"
)

// The contexts in the order in which they are made, and those that survive the request.
var (
	everybody = []string{server, req, handler, user, prices, stock, reviews, audit, log, rollback, late}
	survivors = []string{server, reviews, audit, log}
)

const (
	generous = time.Minute          // does not pass here
	short    = 5 * time.Millisecond // does
)

// request is the contexts of a request, and those who wait for them.
type request struct {
	tree       *tree.Tree
	contexts   map[string]context.Context // all but the rollback, which is none
	waiters    *waiters
	rolledBack chan struct{}

	shutdown     context.CancelFunc
	hangUp       context.CancelCauseFunc
	otherHangsUp context.CancelFunc
	cancels      []context.CancelFunc // of the others
}

type userKey struct{}

// grow makes the contexts of a request, as a server, a handler and the libraries below them
// would, and has goroutines wait.
func grow() *request {
	q := &request{
		tree:       tree.New(tree.Options{Log: 100}),
		contexts:   make(map[string]context.Context),
		waiters:    new(waiters),
		rolledBack: make(chan struct{}),
	}
	t, named := q.tree, tree.Named

	root, shutdown := t.WithCancel(named(context.Background(), "server"))
	q.shutdown = shutdown
	request, hangUp := t.WithCancelCause(named(root, "request"))
	q.hangUp = hangUp
	handling, cancel := t.WithTimeout(named(request, "handler"), generous)
	q.later(cancel)
	authorized := t.WithValue(named(handling, "user"), userKey{}, "ann")

	q.fetch(authorized)

	auditing := t.WithoutCancel(named(authorized, "audit"))
	logging, cancel := t.WithTimeout(named(auditing, "log"), generous)
	q.later(cancel)
	t.AfterFunc(named(authorized, "rollback"), func() { close(q.rolledBack) })

	q.wait(1, root, request, logging)
	q.wait(1, authorized) // asks the value, and waits for the handler
	q.keep(handling, auditing)
	return q
}

// fetch starts the three fetches.
func (q *request) fetch(parent context.Context) {
	t, named := q.tree, tree.Named
	pricing, cancel := t.WithCancel(named(parent, "prices"))
	q.later(cancel)
	stocking, cancel := t.WithTimeoutCause(named(parent, "stock"), short, errSlow)
	q.later(cancel)

	other, otherHangsUp := context.WithCancel(context.Background())
	q.otherHangsUp = otherHangsUp
	reviewing, cancel := t.WithCancel(named(newBatch(parent, other), "reviews"))
	q.later(cancel)

	q.wait(2, pricing)
	q.wait(1, stocking, reviewing)
}

// late is a fetch that nobody should have started any more.
func (q *request) late() {
	ctx, cancel := q.tree.WithCancel(tree.Named(q.contexts[user], "late"))
	q.later(cancel)
	q.keep(ctx)
}

// expire waits until the stock was too slow.
func (q *request) expire(ctx context.Context) error {
	return within(ctx, q.contexts[stock].Done())
}

// leave ends whatever is left, and all who wait.
func (q *request) leave() {
	q.otherHangsUp()
	q.shutdown()
	for _, cancel := range q.cancels {
		cancel()
	}
	q.waiters.all.Wait()
}

// wait has n goroutines wait for each of the contexts.
func (q *request) wait(n int, all ...context.Context) {
	q.keep(all...)
	for _, ctx := range all {
		for range n {
			q.waiters.start(ctx)
		}
	}
}

func (q *request) keep(all ...context.Context) {
	for _, ctx := range all {
		q.contexts[q.tree.Path(ctx)] = ctx
	}
}

func (q *request) later(cancel context.CancelFunc) { q.cancels = append(q.cancels, cancel) }

// within waits for done, but not longer than ctx lives.
func within(ctx context.Context, done <-chan struct{}) error {
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
