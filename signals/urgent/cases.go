package urgent

import (
	"os"
	"os/signal"
	"runtime"
	"slices"
	"strings"
	"syscall"
)

// called is one case: what a program calls before it computes, and what that does to it.
type called struct {
	name   string // the calls, as the reader would write them
	calls  []call
	env    []string
	sent   []syscall.Signal // by the program to itself, after the calls
	sleeps bool             // try it with a sleeper on one P as well, and draw that

	// inherits starts the program with SIGURG ignored.
	inherits bool

	arrives     string // on the channel
	interrupted bool   // the loop
}

const urg = syscall.SIGURG

// four are the signals that a program ignored because it was not interested in them.
var four = []syscall.Signal{syscall.SIGPIPE, syscall.SIGWINCH, syscall.SIGHUP, urg}

// call is something that a program does before it computes.
type call func(*computing) error

// elsewhere makes one call of several that another thread does than the one that will
// compute. That one sleeps meanwhile: if it ran between Ignore and Notify, and for long
// because the machine is busy, the runtime would want to interrupt it, and it would stay
// deaf: see the page. So nothing is called before it sleeps.
func elsewhere(all ...func(*computing)) call {
	return func(p *computing) error {
		done := make(chan struct{})
		computes := thread()
		go func() {
			defer close(done)
			for !asleep(computes) {
				runtime.Gosched()
			}
			for _, f := range all {
				f(p)
			}
		}()
		<-done
		return nil
	}
}

// What is called in the cases.
func notifyAll(p *computing) { signal.Notify(p.channel) }
func notify(p *computing)    { signal.Notify(p.channel, urg) }
func notifyD(p *computing)   { signal.Notify(p.other, urg) }
func stopD(p *computing)     { signal.Stop(p.other) }
func ignore(*computing)      { signal.Ignore(urg) }
func reset(*computing)       { signal.Reset(urg) }

func ignoreFour(*computing) {
	signal.Ignore(syscall.SIGPIPE, syscall.SIGWINCH, syscall.SIGHUP, syscall.SIGURG)
}

// byHand sends SIGURG to the thread that will compute.
func byHand(p *computing) error {
	p.send(urg)
	return nil
}

// loop is one that is over before the next call.
func loop(p *computing) error {
	_, err := p.worldStops()
	return err
}

// cases are all rows of the table. Where d is written for the channel, it is not looked
// at: on a busy machine other threads may be interrupted, too.
var cases = []called{
	{name: "nothing", sleeps: true, arrives: "nothing", interrupted: true},
	{name: "Notify(c)", calls: []call{elsewhere(notifyAll)}, arrives: list(four[3:]), interrupted: true},
	{
		name: "Notify(c), asyncpreemptoff=1", calls: []call{elsewhere(notifyAll)},
		env: []string{"GODEBUG=asyncpreemptoff=1"}, arrives: "nothing",
	},
	{name: "Notify(c) and all four sent", calls: []call{elsewhere(notifyAll)}, sent: four, arrives: list(four), interrupted: true},
	{name: "Notify(c), Ignore(four)", calls: []call{elsewhere(notifyAll, ignoreFour)}, sent: four, arrives: "nothing"},
	{name: "Ignore(SIGURG)", calls: []call{elsewhere(ignore)}, arrives: "nothing", sleeps: true},
	{name: "Ignore(SIGURG), Reset", calls: []call{elsewhere(ignore, reset)}, arrives: "nothing"},
	{name: "Ignore(SIGURG), Notify(c)", calls: []call{elsewhere(ignore, notify)}, arrives: list(four[3:]), interrupted: true},
	{name: "Ignore(SIGURG), Notify(d), Stop(d)", calls: []call{elsewhere(ignore, notifyD, stopD)}, arrives: "nothing", interrupted: true},
	{name: "Ignore(SIGURG), the loop, Notify(d)", calls: []call{elsewhere(ignore), loop, elsewhere(notifyD)}, arrives: "nothing"},
	{
		name: "Ignore(SIGURG), the loop, Notify(c), a SIGURG by hand", calls: []call{elsewhere(ignore), loop, elsewhere(notify), byHand},
		arrives: list(four[3:]), interrupted: true,
	},
	{name: "started with SIGURG ignored", inherits: true, arrives: "nothing", interrupted: true},
}

// list names each sort of signal once, in order.
func list[S os.Signal](signals []S) string {
	if len(signals) == 0 {
		return "nothing"
	}
	var names []string
	for _, s := range signals {
		names = append(names, nameOf(s))
	}
	slices.Sort(names)
	return strings.Join(slices.Compact(names), " ")
}
