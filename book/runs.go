package book

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"net/http"
	"runtime"
	"slices"
	"sync"
	"time"

	"lab.example/gopark/internal/child"
	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/hint"
)

const (
	maxQueued   = 16
	maxFinished = 16 // finished runs that are kept for pages that come back to them
)

// runLimits hold for every run. A reader waits no longer than this, unless something has to be
// compiled first, and a page that got more than this could not show it.
var runLimits = child.Limits{Wall: 20 * time.Second, Output: 1 << 20, Report: 2 << 20}

func defaultParallel() int { return runtime.NumCPU() }

var (
	errFull     = errors.New("too many runs are waiting")
	errClosing  = errors.New("the notebook is closing")
	errByReader = errors.New("stopped by the reader")
)

// runs carries out runs, a few at a time and the others in the order of their
// arrival, and remembers the last ones.
type runs struct {
	ctx      context.Context
	cancel   context.CancelCauseFunc
	parallel int
	limits   child.Limits
	wg       sync.WaitGroup

	mu       sync.Mutex
	byID     map[string]*run
	active   int
	queue    []*run
	finished []string // the oldest first
	closed   bool
}

// newRuns has nothing running. The values of ctx reach the runs; only close ends them.
func newRuns(ctx context.Context, parallel int, limits child.Limits) *runs {
	rs := &runs{parallel: parallel, limits: limits, byID: make(map[string]*run)}
	rs.ctx, rs.cancel = context.WithCancelCause(context.WithoutCancel(ctx))
	return rs
}

// add starts a run of e, or queues it. The knobs and the prediction are known to be good.
func (rs *runs) add(e *experiment.Experiment, knobs map[string]int64, predicted int) (*run, error) {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	switch {
	case rs.closed:
		return nil, errClosing
	case rs.active == rs.parallel && len(rs.queue) == maxQueued:
		return nil, errFull
	}
	r := &run{id: rand.Text(), experiment: e, knobs: knobs, predicted: predicted, journal: newJournal()}
	r.ctx, r.cancel = context.WithCancelCause(rs.ctx)
	rs.byID[r.id] = r
	if rs.active == rs.parallel {
		rs.queue = append(rs.queue, r)
		r.journal.add(statusMessage{State: "queued", Ahead: len(rs.queue)})
	} else {
		rs.startLocked(r)
	}
	return r, nil
}

func (rs *runs) startLocked(r *run) {
	rs.active++
	rs.wg.Go(func() {
		r.do(rs.limits)
		rs.mu.Lock()
		defer rs.mu.Unlock()
		rs.active--
		rs.forgetLocked(r)
		if len(rs.queue) > 0 {
			next := rs.queue[0]
			rs.queue = rs.queue[1:]
			rs.startLocked(next)
		}
	})
}

// forgetLocked notes that r has finished and drops the oldest finished run if there
// are too many.
func (rs *runs) forgetLocked(r *run) {
	rs.finished = append(rs.finished, r.id)
	if len(rs.finished) > maxFinished {
		delete(rs.byID, rs.finished[0])
		rs.finished = rs.finished[1:]
	}
}

func (rs *runs) find(id string) (*run, bool) {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	r, ok := rs.byID[id]
	return r, ok
}

// stop ends a run, wherever it is. Its journal says so.
func (rs *runs) stop(r *run, cause error) {
	r.cancel(cause)
	rs.mu.Lock()
	defer rs.mu.Unlock()
	if i := slices.Index(rs.queue, r); i >= 0 {
		rs.queue = slices.Delete(rs.queue, i, i+1)
		r.conclude(experiment.Result{Experiment: r.experiment}, cause)
		rs.forgetLocked(r)
	}
}

// close stops every run and returns when the last process is gone.
func (rs *runs) close() {
	rs.mu.Lock()
	rs.closed = true
	waiting := slices.Clone(rs.queue)
	rs.mu.Unlock()
	for _, r := range waiting {
		rs.stop(r, errClosing)
	}
	rs.cancel(errClosing)
	rs.wg.Wait()
}

// order is what the page asks for.
type order struct {
	Experiment string           `json:"experiment"`
	Knobs      map[string]int64 `json:"knobs"`
	Predicted  int              `json:"predicted"` // counted from 1
}

func (s *site) postRun(w http.ResponseWriter, r *http.Request) {
	var o order
	if !readJSON(w, r, &o) {
		return
	}
	e, err := s.notebook.Catalogue.Find(o.Experiment)
	if err != nil {
		refuse(w, http.StatusNotFound, err)
		return
	}
	if _, err := e.Settings(o.Knobs); err != nil {
		refuse(w, http.StatusBadRequest, err)
		return
	}
	if o.Predicted < 1 || o.Predicted > len(e.Choices) {
		refuse(w, http.StatusBadRequest, hint.With(errors.New("no prediction"), "choose one of 1 to %d", len(e.Choices)))
		return
	}
	switch run, err := s.runs.add(e, o.Knobs, o.Predicted-1); {
	case errors.Is(err, errFull):
		w.Header().Set("Retry-After", "5")
		refuse(w, http.StatusTooManyRequests, hint.With(err, "wait for one to end, or stop one"))
	case err != nil:
		refuse(w, http.StatusServiceUnavailable, err)
	default:
		answer(w, http.StatusAccepted, map[string]string{"run": run.id})
	}
}

func (s *site) deleteRun(w http.ResponseWriter, r *http.Request) {
	run, ok := s.runs.find(r.PathValue("id"))
	if !ok {
		refuse(w, http.StatusNotFound, errNoRun)
		return
	}
	s.runs.stop(run, errByReader)
	w.WriteHeader(http.StatusNoContent)
}

var errNoRun = hint.With(errors.New("no such run"), "only the last %d are kept: run it again", maxFinished)

// refuse answers with an error and its hint.
func refuse(w http.ResponseWriter, status int, err error) {
	answer(w, status, map[string]string{"error": err.Error(), "hint": hint.Of(err)})
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}
