package queue

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"lab.example/gopark/internal/experiment"
)

// The signals that are sent: a standard one, and two real-time ones.
const (
	standard syscall.Signal = syscall.SIGUSR1
	lower    syscall.Signal = 40
	higher   syscall.Signal = 41
)

const (
	rounds = 50  // so many of each are sent to a reader
	limit  = 16  // how many may be queued, where that is limited
	beyond = 100 // so many are sent then
)

// outcome is what came of a case.
type outcome struct {
	sent, refused int    // signals; refused: with EAGAIN
	queued        int    // entries in the kernel when all had been sent
	received      int    // signals
	order         string // in which they came, and with which payloads; see describe
}

var header = []string{"case", "sent", "refused", "queued", "received", "in which order, with which payloads"}

// many is the count of which nobody can be sure: at least one, and fewer than were sent.
const many = -1

// cases are what is tried, and what must come of it. A count of 0 in want.sent stands for
// the knob, and then queued likewise.
var cases = []struct {
	name    string
	try     func(ctx context.Context, f *family, n int) (outcome, error)
	limited bool   // it needs a user to itself
	drawn   string // its name in the picture
	want    outcome
}{
	{
		name: "os/signal: SIGUSR1 by kill", drawn: "SIGUSR1",
		try:  toListener(standard),
		want: outcome{queued: 1, received: 1},
	},
	{
		name: "os/signal: 40 by kill", drawn: "signal-40",
		try:  toListener(lower),
		want: outcome{received: many},
	},
	{
		name: "signalfd: SIGUSR1 by kill",
		try:  toReader(byKill, standard),
		want: outcome{sent: rounds, queued: 1, received: 1, order: "10 x1: none"},
	},
	{
		name: "signalfd: SIGUSR1 by sigqueue",
		try:  toReader(bySigqueue, standard),
		want: outcome{sent: rounds, queued: 1, received: 1, order: "10 x1: 1"},
	},
	{
		name: "signalfd: 40 by kill",
		try:  toReader(byKill, lower),
		want: outcome{sent: rounds, queued: rounds, received: rounds, order: "40 x50: none"},
	},
	{
		name: "signalfd: 40 by sigqueue",
		try:  toReader(bySigqueue, lower),
		want: outcome{sent: rounds, queued: rounds, received: rounds, order: "40 x50: 1..50"},
	},
	{
		name: "signalfd: 41, 40 and SIGUSR1 in turns by sigqueue",
		try:  toReader(bySigqueue, higher, lower, standard),
		want: outcome{
			sent: 3 * rounds, queued: 2*rounds + 1, received: 2*rounds + 1,
			order: "10 x1: 1, 40 x50: 1..50, 41 x50: 1..50",
		},
	},
	{
		name: "limit of 16: 40 by sigqueue", limited: true,
		try:  toLimited(bySigqueue, lower, false),
		want: outcome{sent: beyond, refused: beyond - limit, queued: limit, received: limit, order: "40 x16: 1..16"},
	},
	{
		name: "limit of 16: 40 by kill", limited: true,
		try:  toLimited(byKill, lower, false),
		want: outcome{sent: beyond, queued: limit, received: limit, order: "40 x16: none"},
	},
	{
		name: "limit used up by another process of the user: 40 by sigqueue", limited: true,
		try:  toLimited(bySigqueue, lower, true),
		want: outcome{sent: beyond, refused: beyond, queued: limit},
	},
	{
		name: "limit used up by another process of the user: 40 by kill", limited: true,
		try:  toLimited(byKill, lower, true),
		want: outcome{sent: beyond, queued: limit, received: 1, order: "40 x1: none"},
	},
	{
		name: "limit used up by another process of the user: SIGUSR1 by sigqueue", limited: true,
		try:  toLimited(bySigqueue, standard, true),
		want: outcome{sent: beyond, queued: limit, received: 1, order: "10 x1: none"},
	},
}

// toListener sends n signals to a process that is stopped, continues it, and asks what
// came out of the channel.
func toListener(s syscall.Signal) func(context.Context, *family, int) (outcome, error) {
	return func(ctx context.Context, f *family, n int) (outcome, error) {
		m, err := f.start(ctx, roleListener, n+1)
		if err != nil {
			return outcome{}, err
		}
		defer m.end()
		if err := m.stop(ctx); err != nil {
			return outcome{}, err
		}
		out, err := m.sendAll(ctx, byKill, n, s)
		if err != nil {
			return out, err
		}
		if err := m.proceed(ctx, s); err != nil {
			return out, err
		}
		arrivals, err := m.ask()
		out.received = len(arrivals)
		return out, err
	}
}

// toReader sends rounds of signals to a process that has them blocked, and has it read
// them.
func toReader(send sending, signals ...syscall.Signal) func(context.Context, *family, int) (outcome, error) {
	return func(ctx context.Context, f *family, _ int) (outcome, error) {
		m, err := f.start(ctx, roleReader, len(signals)*rounds+1)
		if err != nil {
			return outcome{}, err
		}
		defer m.end()
		return m.exchange(ctx, send, rounds, signals...)
	}
}

// toLimited is toReader beyond the limit, which may be used up by a process that got its
// signals first.
func toLimited(send sending, s syscall.Signal, usedUp bool) func(context.Context, *family, int) (outcome, error) {
	return func(ctx context.Context, f *family, _ int) (outcome, error) {
		if usedUp {
			hog, err := f.start(ctx, roleLimited, limit)
			if err != nil {
				return outcome{}, err
			}
			defer hog.end()
			if _, err := hog.sendAll(ctx, bySigqueue, limit, higher); err != nil {
				return outcome{}, err
			}
		}
		m, err := f.start(ctx, roleLimited, limit)
		if err != nil {
			return outcome{}, err
		}
		defer m.end()
		m.total = true // as the limit counts what is queued for all processes of the user
		return m.exchange(ctx, send, beyond, s)
	}
}

// describe sums up what arrived: "10 x1: 1, 40 x50: 1..50" is one signal 10 with the
// payload 1, then fifty signals 40 with the payloads 1 to 50 in order. A signal that was
// sent by kill, or whose entry was lost, has none.
func describe(arrivals []arrival) string {
	var parts []string
	for len(arrivals) > 0 {
		end := slices.IndexFunc(arrivals, func(a arrival) bool { return a.signal != arrivals[0].signal })
		if end < 0 {
			end = len(arrivals)
		}
		parts = append(parts, fmt.Sprintf("%d x%d: %s", arrivals[0].signal, end, payloads(arrivals[:end])))
		arrivals = arrivals[end:]
	}
	return strings.Join(parts, ", ")
}

func payloads(run []arrival) string {
	inOrder := true
	for i, a := range run {
		if !a.queued {
			inOrder = false
		}
		if i > 0 && a.payload != run[i-1].payload+1 {
			inOrder = false
		}
	}
	switch {
	case !slices.ContainsFunc(run, func(a arrival) bool { return a.queued }):
		return "none"
	case inOrder && len(run) == 1:
		return strconv.Itoa(run[0].payload)
	case inOrder:
		return fmt.Sprintf("%d..%d", run[0].payload, run[len(run)-1].payload)
	}
	return "mixed"
}

// unmet is what the cells of a case say that could not be tried here.
const unmet = "unmet"

func unmetCells() []any {
	return slices.Repeat([]any{unmet}, len(header)-1)
}

// judge compares every row with what its case wants.
func judge(t experiment.Table, n int, private bool) error {
	for _, c := range cases {
		row := t.Row(c.name)
		switch {
		case row == nil:
			return experiment.Refuted("this was not tried: %s", c.name)
		case c.limited && !private && row[1] == unmet:
			continue
		}
		got, err := parseRow(row)
		if err != nil {
			return fmt.Errorf("read %q: %w", c.name, err)
		}
		want := c.want
		if want.sent == 0 {
			want.sent = n
			if want.queued == 0 {
				want.queued = n
			}
		}
		if !private { // the entries of others are counted too
			want.queued = got.queued
		}
		if want.received == many && got.received >= 1 && got.received < n {
			want.received = got.received
		}
		if got != want {
			return experiment.Refuted("%s: %s, not %s", c.name, got, want)
		}
	}
	return nil
}

func parseRow(row []string) (out outcome, err error) {
	for i, to := range []*int{&out.sent, &out.refused, &out.queued, &out.received} {
		if *to, err = strconv.Atoi(row[1+i]); err != nil {
			return out, err
		}
	}
	out.order = row[5]
	return out, nil
}

func (o outcome) String() string {
	received := fmt.Sprint(o.received)
	if o.received == many {
		received = "some"
	}
	return fmt.Sprintf("%d sent, %d refused, %d queued, %s received (%s)", o.sent, o.refused, o.queued, received, o.order)
}
