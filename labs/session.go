package labs

import (
	"context"
	"fmt"
	"slices"
	"time"

	"lab.example/gopark/internal/hint"
	"lab.example/gopark/labs/judge"
)

// view is what the screen of a session shows.
type view int

const (
	viewVerdict view = iota
	viewList
	viewHints
	viewAnswer
)

// patience is how long a session waits for another command that is writing the journal
// or an answer. Nobody should have to wait for a key.
const patience = time.Second

// session is what "gopark lab watch" knows. Its methods are for one goroutine; what
// takes time is a job of its checker, and comes back as an event.
type session struct {
	ctx     context.Context
	w       work
	check   judgeFunc
	checker *checker

	all      []listed
	labs     []Lab
	at       int              // the lab that is looked at, in labs
	last     map[string]event // what was found out last about a lab, by its name
	progress string           // of the job that is being carried out; "" if there is none
	notice   string           // what the last key did, or why it could not

	view   view
	top    int // the first line of its text that is on the screen
	hints  int // how many of them are shown
	answer shownAnswer
	over   bool
}

// newSession looks at the lab that the learner is at, and judges the answer.
func newSession(ctx context.Context, w work, check judgeFunc, c *checker) (*session, error) {
	s := &session{ctx: ctx, w: w, check: check, checker: c, last: map[string]event{}, labs: w.labs()}
	if l, err := w.current(); err == nil {
		s.look(l)
		s.judge()
	}
	return s, s.refresh()
}

// refresh reads how far the learner is.
func (s *session) refresh() (err error) {
	s.labs = s.w.labs()
	s.at = min(s.at, len(s.labs)-1)
	s.all, err = s.w.list()
	return err
}

func (s *session) lab() Lab { return s.labs[s.at] }

// look makes l the lab that is looked at. It may have come with a pack a moment ago.
func (s *session) look(l Lab) {
	s.labs = s.w.labs()
	s.at = max(0, slices.Index(s.labs, l))
	s.show(viewVerdict)
}

func (s *session) show(v view) { s.view, s.top, s.notice = v, 0, "" }

// saved is for when the answer to l has been saved: it is judged now, whatever else was
// being judged.
func (s *session) saved(l Lab) {
	s.look(l)
	s.judge()
}

// judge begins to judge the answer to the lab that is looked at.
func (s *session) judge() {
	l := s.lab()
	if _, ok := s.w.started(l); !ok {
		return
	}
	s.progress = "building"
	delete(s.last, l.Name)
	s.checker.begin(func(ctx context.Context, tell func(event)) {
		res, _, err := s.w.checkAnswer(ctx, l, judge.Watch(), s.check, func(text string) { tell(event{progress: text}) })
		tell(event{lab: l, result: res, err: err})
	})
}

// judgeAll begins to judge all answers.
func (s *session) judgeAll() {
	started := s.w.allStarted()
	s.show(viewList)
	if len(started) == 0 {
		s.notice = "no lab has been started"
		return
	}
	s.progress = fmt.Sprintf("judging all %d", len(started))
	s.checker.begin(func(ctx context.Context, tell func(event)) {
		over := 0
		_, err := verify(ctx, started, func(ctx context.Context, l Lab) (judge.Result, error) {
			res, _, err := s.w.checkAnswer(ctx, l, judge.Verify(), s.check, nil)
			tell(event{lab: l, result: res, err: err})
			return res, err
		}, func(verified) {
			over++
			tell(event{progress: fmt.Sprintf("judging all: %d of %d are judged", over, len(started))})
		})
		if err != nil {
			tell(event{progress: err.Error()})
		}
	})
}

// told is for what a job told. It reports whether that is a verdict.
func (s *session) told(e event) bool {
	switch {
	case !s.checker.current(e):
		return false
	case e.over:
		s.progress = ""
		return false
	case e.progress != "":
		s.progress = e.progress
		return false
	}
	s.last[e.lab.Name] = e
	return true
}

// pressed is for when a key was pressed.
func (s *session) pressed(k key) {
	s.notice = ""
	switch k {
	case 'q', keyCtrlC:
		s.over = true
	case 'n':
		s.move(1)
	case 'p':
		s.move(-1)
	case 'h':
		s.takeHint()
	case 'l':
		s.show(viewList)
	case 'a':
		s.reveal()
	case 'r':
		s.reset(false)
	case 'u':
		s.reset(true)
	case 'c':
		s.judgeAll()
	case keyEnter:
		s.enter()
	case keyEscape:
		s.show(viewVerdict)
	case keyUp:
		s.top = max(0, s.top-1)
	case keyDown:
		s.top++
	case keyPgUp, 'b':
		s.top = max(0, s.top-10)
	case keyPgDown, ' ':
		s.top += 10
	}
}

// move looks at another lab. Nothing is begun and nothing is judged by that; in the list
// it moves the mark.
func (s *session) move(by int) {
	s.at = min(max(0, s.at+by), len(s.labs)-1)
	if s.view != viewList {
		s.show(viewVerdict)
	}
}

// enter begins the lab that is looked at, or judges the answer to it once more.
func (s *session) enter() {
	s.show(viewVerdict)
	l := s.lab()
	if _, ok := s.w.started(l); !ok {
		s.do("begun", func(ctx context.Context) error {
			return s.w.locked(ctx, func() error {
				_, err := s.w.start(l, false)
				return err
			})
		})
		return
	}
	s.judge()
}

// takeHint shows the hints that have been taken. If they are on the screen already, or
// there are none, it takes one more.
func (s *session) takeHint() {
	more := s.view == viewHints
	s.show(viewHints)
	s.do("", func(ctx context.Context) error {
		h, err := s.w.hint(ctx, s.lab(), !more)
		if err == nil && h.Level == 0 {
			h, err = s.w.hint(ctx, s.lab(), false)
		}
		s.hints = h.Level
		return err
	})
}

func (s *session) reveal() {
	s.show(viewVerdict)
	s.do("", func(ctx context.Context) (err error) {
		if s.answer, err = s.w.reveal(ctx, s.lab(), false); err == nil {
			s.show(viewAnswer)
		}
		return err
	})
}

// reset begins again, or brings back. The watcher sees that the answer is another one.
func (s *session) reset(undo bool) {
	s.show(viewVerdict)
	done := "as in the beginning; u brings your answer back"
	if undo {
		done = "your answer is back"
	}
	s.do(done, func(ctx context.Context) error {
		_, err := s.w.reset(ctx, s.lab(), undo)
		return err
	})
}

// do does what is done in no time, and notes what came of it.
func (s *session) do(done string, f func(ctx context.Context) error) {
	ctx, cancel := context.WithTimeout(s.ctx, patience)
	defer cancel()
	if err := f(ctx); err != nil {
		done = err.Error()
		if way := hint.Of(err); way != "" {
			done += ": " + way
		}
	}
	s.notice = done
}
