package growth

import (
	"context"
	"math"
	"syscall"
	"time"
)

// prices are of one node, in nanoseconds of processor time: how busy the machine is does not
// count, and the work of the collector does.
type prices struct{ create, cancel float64 }

// enough is the number of nodes over which a price is taken; several small trees have as many
// as one large one.
const enough = 2000

// best measures trees of n nodes and returns the least of each price: what disturbs makes it
// more. A large tree is measured once; what disturbs it is spread over its nodes.
func best(n int, measure func(n int) prices) prices {
	rounds := 3
	if n > enough {
		rounds = 1
	}
	least := prices{math.Inf(1), math.Inf(1)}
	for range rounds {
		trees := max(1, enough/n)
		var mean prices
		for range trees {
			p := measure(n)
			mean.create += p.create / float64(trees)
			mean.cancel += p.cancel / float64(trees)
		}
		least = prices{math.Min(least.create, mean.create), math.Min(least.cancel, mean.cancel)}
	}
	return prices{tenth(least.create), tenth(least.cancel)}
}

func tenth(ns float64) float64 { return math.Round(10*ns) / 10 }

// processor returns the processor time that this process has used, in user and kernel mode.
func processor() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err) // it cannot fail with these arguments
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// each returns what one of n has used since begin.
func each(begin time.Duration, n int) float64 {
	return float64((processor() - begin).Nanoseconds()) / float64(n)
}

// growWide derives n contexts from one parent and cancels that.
func growWide(n int) prices { return wide(n, func(context.Context) {}) }

// growHeard calls Done on each as well: only then has it a channel to close.
func growHeard(n int) prices { return wide(n, func(ctx context.Context) { ctx.Done() }) }

func wide(n int, use func(context.Context)) (p prices) {
	parent, cancel := context.WithCancel(context.Background())
	begin := processor()
	for range n {
		ctx, _ := derive(parent)
		use(ctx)
	}
	p.create = each(begin, n)
	begin = processor()
	cancel()
	p.cancel = each(begin, n)
	return p
}

// growAndPick derives n contexts from one parent and cancels one after the other: each is
// taken off the parent.
func growAndPick(n int) (p prices) {
	parent, cancel := context.WithCancel(context.Background())
	defer cancel()
	all := make([]context.CancelFunc, n)
	begin := processor()
	for i := range all {
		_, all[i] = derive(parent)
	}
	p.create = each(begin, n)
	begin = processor()
	for _, cancel := range all {
		cancel()
	}
	p.cancel = each(begin, n)
	return p
}

// growDeep derives n contexts, each from the one before, and cancels the first. It does so in
// a goroutine of its own, whose stack may grow.
func growDeep(n int) (p prices) {
	over := make(chan struct{})
	go func() {
		defer close(over)
		ctx, cancel := context.WithCancel(context.Background())
		begin := processor()
		for range n {
			ctx, _ = derive(ctx)
		}
		p.create = each(begin, n)
		begin = processor()
		cancel()
		p.cancel = each(begin, n)
	}()
	<-over
	return p
}

// derive is WithCancel, out of sight of go vet: what is cancelled here is the parent.
func derive(parent context.Context) (context.Context, context.CancelFunc) {
	return context.WithCancel(parent)
}
