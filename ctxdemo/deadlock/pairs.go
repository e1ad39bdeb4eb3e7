package deadlock

import (
	"errors"
	"sync"
	"time"

	"lab.example/gopark/ctxdemo/interrupt"
)

// pair is two goroutines in a deadlock.
type pair struct {
	name  string
	drawn string // ends the names of the two in the figure; "" if they are not in it
	make  func() sync.Locker
	lockP acquire
	lockQ acquire
	keeps bool // p does not release its lock when it gets an error

	then       string // what is done to the two
	interrupts []int  // who is interrupted, in this order: 0 is p, 1 is q

	// What must come out.
	waited       string // what the runtime says of p in the deadlock; "" if that passes by itself
	p, q         string // what becomes of them
	flagP, flagQ string
}

// acquire takes a lock as a pair is to do it.
type acquire func(h *interrupt.Handle, l sync.Locker) error

// What becomes of a goroutine.
const (
	forEver     = "waits on"
	both        = "gets both locks"
	interrupted = "gets an error"
	outOfTime   = "runs out of time"

	flagClear = "clear"
	flagSet   = "set"
)

// pairs are all of them. To try another one, add its line.
var pairs = []pair{
	{
		name: "sync.Mutex.Lock", make: newSync, lockP: plainly, lockQ: plainly,
		then: "both are interrupted", interrupts: []int{0, 1},
		waited: "sync.Mutex.Lock", p: forEver, q: forEver, flagP: flagSet, flagQ: flagSet,
	},
	{
		name: "Mutex.Lock", drawn: "-lock", make: newMutex, lockP: plainly, lockQ: plainly,
		then: "both are interrupted", interrupts: []int{0, 1},
		waited: "chan receive", p: forEver, q: forEver, flagP: flagSet, flagQ: flagSet,
	},
	{
		name: "LockInterruptibly", make: newMutex, lockP: interruptibly, lockQ: interruptibly,
		then: "nothing", waited: "chan receive", p: forEver, q: forEver, flagP: flagClear, flagQ: flagClear,
	},
	{
		name: "LockInterruptibly", drawn: "-interruptibly", make: newMutex, lockP: interruptibly, lockQ: interruptibly,
		then: "p is interrupted", interrupts: []int{0},
		waited: "chan receive", p: interrupted, q: both, flagP: flagClear, flagQ: flagClear,
	},
	{
		name: "LockInterruptibly; p keeps its lock", make: newMutex, lockP: interruptibly, lockQ: interruptibly, keeps: true,
		then: "p is interrupted", interrupts: []int{0},
		waited: "chan receive", p: interrupted, q: forEver, flagP: flagClear, flagQ: flagClear,
	},
	{
		name: "Lock (p), LockInterruptibly (q)", make: newMutex, lockP: plainly, lockQ: interruptibly,
		then: "p is interrupted", interrupts: []int{0},
		waited: "chan receive", p: forEver, q: forEver, flagP: flagSet, flagQ: flagClear,
	},
	{
		name: "Lock (p), LockInterruptibly (q)", make: newMutex, lockP: plainly, lockQ: interruptibly,
		then: "q is interrupted", interrupts: []int{1},
		waited: "chan receive", p: both, q: interrupted, flagP: flagClear, flagQ: flagClear,
	},
	{
		name: "TryLockFor an hour", make: newMutex, lockP: atMost(time.Hour), lockQ: atMost(time.Hour),
		then: "p is interrupted", interrupts: []int{0},
		waited: "select", p: interrupted, q: both, flagP: flagClear, flagQ: flagClear,
	},
	{
		name: "TryLockFor 10 ms (p), an hour (q)", make: newMutex, lockP: atMost(10 * time.Millisecond), lockQ: atMost(time.Hour),
		then: "nothing", p: outOfTime, q: both, flagP: flagClear, flagQ: flagClear,
	},
}

func newSync() sync.Locker  { return new(sync.Mutex) }
func newMutex() sync.Locker { return new(interrupt.Mutex) }

func plainly(_ *interrupt.Handle, l sync.Locker) error {
	l.Lock()
	return nil
}

func interruptibly(h *interrupt.Handle, l sync.Locker) error {
	return l.(*interrupt.Mutex).LockInterruptibly(h)
}

var errOutOfTime = errors.New(outOfTime)

func atMost(d time.Duration) acquire {
	return func(h *interrupt.Handle, l sync.Locker) error {
		locked, err := l.(*interrupt.Mutex).TryLockFor(h, d)
		if err == nil && !locked {
			err = errOutOfTime
		}
		return err
	}
}
