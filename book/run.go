package book

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"lab.example/gopark/internal/child"
	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/hint"
	"lab.example/gopark/internal/timeline"
)

// run is one run of one experiment, from its order to its result.
type run struct {
	id         string
	experiment *experiment.Experiment
	knobs      map[string]int64
	predicted  int // index in Choices

	ctx     context.Context
	cancel  context.CancelCauseFunc
	journal *journal
}

// do carries out the run and returns when its process, and everything that it
// started, has ended.
func (r *run) do(limits child.Limits) {
	r.journal.add(statusMessage{State: "running"})
	limits.Wall = max(limits.Wall, r.experiment.Wall)
	var board timeline.Board
	out := &output{journal: r.journal}
	res, err := experiment.Do(r.ctx, r.experiment, experiment.Options{
		Separate: true,
		Knobs:    r.knobs,
		Limits:   limits,
		Watch: func(it experiment.Item) {
			out.flush()
			if m := itemMessage(it, &board); m != nil {
				r.journal.add(m)
			}
		},
		Output: out.write,
	})
	out.flush()
	if err != nil && r.ctx.Err() != nil {
		err = context.Cause(r.ctx)
	}
	r.conclude(res, err)
}

// conclude writes the result, which is the last message.
func (r *run) conclude(res experiment.Result, err error) {
	r.journal.close(newResultMessage(r, res, err))
	r.cancel(nil)
}

func newResultMessage(r *run, res experiment.Result, err error) *resultMessage {
	e := r.experiment
	m := &resultMessage{
		Verdict:   string(res.Verdict),
		Reason:    strings.TrimPrefix(strings.TrimPrefix(res.Reason, experiment.ErrRefuted.Error()+": "), experiment.ErrUnmet.Error()+": "),
		Predicted: r.predicted + 1,
		Truth:     e.Truth() + 1,
		Settings:  res.Settings,
		Duration:  round(res.Duration).String(),
	}
	for _, c := range e.Choices {
		m.Choices = append(m.Choices, choiceMessage{c.Text, c.Because})
	}
	switch {
	case errors.Is(err, errByReader) || errors.Is(err, errClosing):
		m.Verdict, m.Reason = "stopped", err.Error()
	case err != nil:
		m.Verdict, m.Reason, m.Hint = "failed", err.Error(), hint.Of(err)
	case res.Verdict == experiment.Unjudged:
		m.Verdict = "unjudged"
	}
	if right, known := res.Right(r.predicted); known && err == nil {
		m.Right = &right
	}
	var ending experiment.Ending
	if res.Observations.Decode(&ending) == nil {
		m.Ending = &endingMessage{ending.Exit, ending.Signal}
	}
	return m
}

// round keeps three digits: more would not be the same the next time.
func round(d time.Duration) time.Duration {
	unit := time.Nanosecond
	for d/unit >= 1000 {
		unit *= 10
	}
	return d.Round(unit)
}

const (
	maxChunk   = 16 << 10              // bytes of output in a message
	outputRest = 50 * time.Millisecond // between two messages of output
)

// output gathers what a process prints into a few messages a second, so that a
// program that prints byte by byte does not drown the page.
type output struct {
	journal *journal

	mu      sync.Mutex
	stream  child.Stream
	pending []byte
	last    time.Time   // when a message was sent
	timer   *time.Timer // running while bytes are pending
}

func (o *output) write(s child.Stream, p []byte) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if s != o.stream {
		o.sendLocked(true)
		o.stream = s
	}
	for len(p) > 0 {
		n := min(len(p), maxChunk-len(o.pending))
		o.pending, p = append(o.pending, p[:n]...), p[n:]
		if len(o.pending) == maxChunk {
			o.sendLocked(false)
		}
	}
	if rest := outputRest - time.Since(o.last); rest <= 0 {
		o.sendLocked(false)
	} else if o.timer == nil {
		o.timer = time.AfterFunc(rest, o.due)
	}
}

func (o *output) due() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.sendLocked(false)
}

// flush sends what is pending: whatever comes next was printed or recorded later.
func (o *output) flush() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.sendLocked(true)
}

// sendLocked sends what is pending, but for the beginning of a character whose end
// has not arrived, unless all is true.
func (o *output) sendLocked(all bool) {
	if o.timer != nil {
		o.timer.Stop()
		o.timer = nil
	}
	n := len(o.pending)
	if !all {
		n -= incomplete(o.pending)
	}
	if n == 0 {
		return
	}
	name := "stdout"
	if o.stream == child.Stderr {
		name = "stderr"
	}
	o.journal.add(outputMessage{Stream: name, Text: strings.ToValidUTF8(string(o.pending[:n]), "\uFFFD")})
	o.pending = append(o.pending[:0], o.pending[n:]...)
	o.last = time.Now()
}

// incomplete returns how many bytes at the end of p begin a character without
// ending it.
func incomplete(p []byte) int {
	for n := 1; n <= min(utf8.UTFMax-1, len(p)); n++ {
		if tail := p[len(p)-n:]; utf8.RuneStart(tail[0]) {
			if utf8.FullRune(tail) {
				return 0
			}
			return n
		}
	}
	return 0
}
