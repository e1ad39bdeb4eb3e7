package book

import (
	"context"
	"crypto/rand"
	"errors"
	"sync"
	"time"

	"lab.example/gopark/internal/exercise"
	"lab.example/gopark/internal/hint"
)

// linger is how long a check goes on that no page watches: a browser comes back after a
// broken connection, and a page that was closed does not.
const linger = 6 * time.Second

var (
	errSuperseded = errors.New("superseded by a newer check")
	errForsaken   = errors.New("the page has gone")
)

// trial is one check of the learner's answer to a lab, from its order to its verdict.
type trial struct {
	id      string
	lab     string
	ctx     context.Context
	cancel  context.CancelCauseFunc
	journal *journal
	done    chan struct{} // closed when nothing of it is left

	// Guarded by checks.mu.
	watchers int
	forsaken *time.Timer // runs while nobody watches
}

// checks carries out checks: for each lab one at a time, the newest.
type checks struct {
	exercises exercise.Work
	linger    time.Duration
	ctx       context.Context
	cancel    context.CancelCauseFunc
	wg        sync.WaitGroup

	mu     sync.Mutex
	newest map[string]*trial // by lab
	byID   map[string]*trial
	over   []string // ids, the oldest first
	closed bool
}

// newChecks has nothing running. The values of ctx reach the checks; only close ends
// them all.
func newChecks(ctx context.Context, e exercise.Work, linger time.Duration) *checks {
	cs := &checks{exercises: e, linger: linger, newest: make(map[string]*trial), byID: make(map[string]*trial)}
	cs.ctx, cs.cancel = context.WithCancelCause(context.WithoutCancel(ctx))
	return cs
}

// begin calls off the check of the lab that is being carried out, and starts another one
// when nothing of it is left: two at the same time would slow each other down, and a
// verdict may depend on that.
func (cs *checks) begin(lab string) (*trial, error) {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	if cs.closed {
		return nil, errClosing
	}
	c := &trial{id: rand.Text(), lab: lab, journal: newJournal(), done: make(chan struct{})}
	c.ctx, c.cancel = context.WithCancelCause(cs.ctx)
	before := cs.newest[lab]
	if before != nil {
		before.cancel(errSuperseded)
	}
	cs.newest[lab], cs.byID[c.id] = c, c
	c.forsaken = time.AfterFunc(cs.linger, func() { c.cancel(errForsaken) })
	cs.wg.Go(func() {
		if before != nil {
			<-before.done
		}
		c.do(cs.exercises)
		cs.end(c)
	})
	return c, nil
}

// do carries out the check.
func (c *trial) do(e exercise.Work) {
	var j exercise.Judgement
	err := context.Cause(c.ctx)
	if err == nil {
		j, err = e.Check(c.ctx, c.lab, func(stage string, runs, of int) {
			c.journal.add(stageMessage{stage, runs, of})
		})
	}
	if err != nil && c.ctx.Err() != nil {
		err = context.Cause(c.ctx)
	}
	c.journal.end(newVerdictMessage(j, err))
}

// end forgets c, and the verdict of the oldest check that nobody can want any more.
func (cs *checks) end(c *trial) {
	defer close(c.done) // last: the next one of this lab ends after this one has been forgotten
	cs.mu.Lock()
	defer cs.mu.Unlock()
	c.forsaken.Stop()
	c.cancel(nil)
	if cs.newest[c.lab] == c {
		delete(cs.newest, c.lab)
	}
	cs.over = append(cs.over, c.id)
	if len(cs.over) > maxFinished {
		delete(cs.byID, cs.over[0])
		cs.over = cs.over[1:]
	}
}

func (cs *checks) find(id string) (*trial, bool) {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	c, ok := cs.byID[id]
	return c, ok
}

// attend notes that somebody watches c, until the function that it returns is called.
func (cs *checks) attend(c *trial) (leave func()) {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	c.watchers++
	c.forsaken.Stop()
	return func() {
		cs.mu.Lock()
		defer cs.mu.Unlock()
		if c.watchers--; c.watchers == 0 && c.ctx.Err() == nil {
			c.forsaken.Reset(cs.linger)
		}
	}
}

// close calls off every check and returns when nothing of them is left.
func (cs *checks) close() {
	cs.mu.Lock()
	cs.closed = true
	cs.mu.Unlock()
	cs.cancel(errClosing)
	cs.wg.Wait()
}

// stageMessage says how far a check is.
type stageMessage struct {
	Stage string `json:"stage"`
	Runs  int    `json:"runs"` // that are over
	Of    int    `json:"of"`   // 0 if nobody can tell
}

// verdictMessage is the end of a check.
type verdictMessage struct {
	State  string              `json:"state"`            // judged, stopped or failed
	Reason string              `json:"reason,omitempty"` // why it was not judged
	Hint   string              `json:"hint,omitempty"`
	Found  *exercise.Judgement `json:"found"` // null unless it was judged
}

func (stageMessage) event() string   { return "stage" }
func (verdictMessage) event() string { return "verdict" }

func newVerdictMessage(j exercise.Judgement, err error) verdictMessage {
	switch {
	case err == nil:
		return verdictMessage{State: "judged", Found: &j}
	case errors.Is(err, errByReader), errors.Is(err, errClosing), errors.Is(err, errSuperseded), errors.Is(err, errForsaken):
		return verdictMessage{State: "stopped", Reason: err.Error()}
	}
	return verdictMessage{State: "failed", Reason: err.Error(), Hint: hint.Of(err)}
}
