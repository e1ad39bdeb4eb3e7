package main

import (
	"context"
	"encoding/base64"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/google/pprof/profile"

	"lab.example/gopark/internal/procfs"
	"lab.example/gopark/internal/stacks"
)

// look is the command that makes a zombie, and looks at it from outside.
type look struct{ scene }

// zombie is what can be seen of a consumer whose goroutine is gone.
type zombie struct {
	State   procfs.State
	Group   membership
	Handled int
}

// beats is for how many heartbeats a zombie is left alone before it is looked at.
const beats = 3

// shower is given what is seen, under the name of an observation.
type shower func(name string, v any)

// run shows the zombie of the incident, the one that has closed its client, and what is
// left of a consumer that has called os.Exit. It looks at all three at the same time, and
// shows one after the other.
func (l look) run(ctx context.Context, c *cluster, show shower) error {
	p, err := findPolicy(greedyAhead)
	if err != nil {
		return err
	}
	type sight struct {
		see    func(context.Context, *cluster, policy, shower) error
		seen   []func() // shows it
		failed error
	}
	sights := []*sight{{see: l.incident}, {see: l.closed}, {see: l.exited}}
	var all sync.WaitGroup
	for _, s := range sights {
		all.Go(func() {
			s.failed = s.see(ctx, c, p, func(name string, v any) {
				s.seen = append(s.seen, func() { show(name, v) })
			})
		})
	}
	all.Wait()
	for _, s := range sights {
		if s.failed != nil {
			return s.failed
		}
		for _, show := range s.seen {
			show()
		}
	}
	return nil
}

// closed shows the zombie that has closed its client.
func (l look) closed(ctx context.Context, c *cluster, p policy, show shower) error {
	return l.once(ctx, c, p, loggedAndClosedName, func(ctx context.Context, s scope, consumer *process) error {
		z, err := observe(ctx, s, consumer)
		show("/closed/process:state", z.State)
		show("/closed/group:state", z.Group.State)
		show("/closed/group/members:members", len(z.Group.Members))
		show("/closed/handled:records", z.Handled)
		return err
	})
}

// exited shows the group of a consumer that has called os.Exit.
func (l look) exited(ctx context.Context, c *cluster, p policy, show shower) error {
	return l.once(ctx, c, p, exitedName, func(ctx context.Context, s scope, _ *process) error {
		m, err := s.membership(ctx)
		show("/exited/group:state", m.State)
		show("/exited/group/members:members", len(m.Members))
		return err
	})
}

// once carries out an incident and has f look at it when more records have come.
func (l look) once(ctx context.Context, c *cluster, p policy, e string, f func(ctx context.Context, s scope, consumer *process) error) error {
	moments := 0
	_, err := trial(ctx, c, l.scene, p, findEnding(e), func(ctx context.Context, s scope, consumer *process) error {
		if moments++; moments == 1 {
			return nil
		}
		return f(ctx, s, consumer)
	})
	return err
}

// incident shows the zombie before and after more records have come.
func (l look) incident(ctx context.Context, c *cluster, p policy, show shower) error {
	var before, after zombie
	moments := 0
	_, err := trial(ctx, c, l.scene, p, findEnding(loggedName), func(ctx context.Context, s scope, consumer *process) (err error) {
		if err := consumer.untilTold(ctx, heartbeating, consumer.times(heartbeating)+beats); err != nil {
			return err
		}
		if moments++; moments == 1 {
			before, err = observe(ctx, s, consumer)
			return err
		}
		if after, err = observe(ctx, s, consumer); err != nil {
			return err
		}
		show("/zombie/process:state", after.State)
		show("/zombie/heartbeats:heartbeats", 2*beats)
		show("/zombie/group:state", after.Group.State)
		show("/zombie/group/members:members", len(after.Group.Members))
		show("/zombie/handled:records", []int{before.Handled, after.Handled})
		show("/zombie/lag:records", []int64{before.Group.Lag, after.Group.Lag})
		if err := leaked(ctx, consumer, show); err != nil {
			return err
		}
		return dumped(ctx, consumer, show)
	})
	return err
}

// observe looks at a consumer, its group and its work.
func observe(ctx context.Context, s scope, consumer *process) (z zombie, err error) {
	if z.State, err = asleep(ctx, consumer.cmd.Process.Pid); err != nil {
		return z, err
	}
	z.Handled = len(consumer.handledSoFar())
	z.Group, err = s.membership(ctx)
	return z, err
}

// patience is how long a process may be seen running before it counts as running. A
// zombie runs for some microseconds with every heartbeat.
const patience = 5 * time.Second

// asleep returns the state of a process: the first one that is not running, if there is
// one.
func asleep(ctx context.Context, pid int) (procfs.State, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		status, err := procfs.Process(pid)
		if err != nil || status.State != procfs.Running || ctx.Err() != nil {
			return status.State, err
		}
		runtime.Gosched()
	}
}

// leaked shows what the goroutineleak profile of the consumer says, if it was built with
// it: how many goroutines wait for what no living goroutine can give them, and where.
func leaked(ctx context.Context, consumer *process, show shower) error {
	if err := consumer.order(commandLeaks); err != nil {
		return fmt.Errorf("ask for leaked goroutines: %w", err)
	}
	text, err := consumer.answer(ctx, commandLeaks)
	if err != nil || text == "" {
		return err
	}
	total, at, err := parseLeaks(text)
	if err == nil {
		show("/zombie/leaked:goroutines", total)
		show("/zombie/leaked/at:functions", at)
	}
	return err
}

// parseLeaks reads a profile as the consumer tells it. It returns the number of leaked
// goroutines and, for each group of them, the innermost function of this program.
func parseLeaks(text string) (total int, at []string, err error) {
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return 0, nil, fmt.Errorf("decode the profile: %w", err)
	}
	p, err := profile.ParseData(raw)
	if err != nil {
		return 0, nil, fmt.Errorf("read the profile: %w", err)
	}
	at = []string{}
	for _, sample := range p.Sample {
		total += int(sample.Value[0])
		at = append(at, ownFunction(sample))
	}
	return total, at, nil
}

func ownFunction(s *profile.Sample) string {
	for _, location := range s.Location {
		for _, line := range location.Line {
			if strings.HasPrefix(line.Function.Name, "main.") {
				return line.Function.Name
			}
		}
	}
	return "elsewhere"
}

// dumped ends the consumer by SIGQUIT and shows what the dump of its goroutines says.
func dumped(ctx context.Context, consumer *process, show shower) error {
	if err := consumer.cmd.Process.Signal(syscall.SIGQUIT); err != nil {
		return fmt.Errorf("ask for a dump: %w", err)
	}
	if err := consumer.wait(ctx); err != nil {
		return err
	}
	all := stacks.Parse(consumer.stderr.String())
	handlers := 0
	for _, g := range all {
		for _, f := range g.Frames {
			if strings.HasSuffix(f.Func, ".consume") {
				handlers++
			}
		}
	}
	wait, ok := stacks.Blocked(all, "main.(*consumer).handOn")
	if !ok {
		wait = "not there"
	}
	show("/zombie/dump:goroutines", len(all))
	show("/zombie/dump/handler:goroutines", handlers)
	show("/zombie/dump/feeder:state", wait)
	said, _, _ := strings.Cut(consumer.stderr.String(), "\n")
	show("/zombie/log:line", said)
	return nil
}
