package waits

import (
	"time"

	"lab.example/gopark/ctxdemo/interrupt"
)

// operation is something that a goroutine can wait for.
type operation struct {
	name string
	java string // its counterpart
	at   string // the function in which a goroutine that waits is blocked

	// prepare returns the operation, for something that is not there, and provide, which
	// makes it be there.
	prepare func() (op func(h *interrupt.Handle) error, provide func())
	absent  bool // leave it so in the case before, too: it must not matter

	// What must come out; nil if there is no such case.
	while, before *want
}

// want is what must come out, and the row of Java's record that it is compared with.
type want struct {
	ending
	row string // "" if there is none
}

func ends(outcome, flag, row string) *want { return &want{ending{outcome, flag}, row} }

// operations are all of them. To try another one, add its line.
var operations = []operation{
	{"Handle.Sleep", "Thread.sleep", "interrupt.(*Handle).Sleep", sleep(time.Hour), false, ends(interrupted, flagClear, "B01"), ends(interrupted, flagClear, "")},
	{"Handle.Sleep, for no time", "Thread.sleep(0)", "", sleep(0), false, nil, ends(interrupted, flagClear, "B03")},
	{"Handle.Join", "Thread.join", "interrupt.(*Handle).Join", join, true, ends(interrupted, flagClear, "B06"), ends(interrupted, flagClear, "B07")},
	{"Handle.JoinFor, the other has ended", "Thread.join(millis)", "", joinEnded, false, nil, ends(returned, flagSet, "B09")},

	{"Cond.Wait", "Condition.await", "interrupt.(*Cond).Wait", condWait, false, ends(interrupted, flagClear, "B16"), ends(interrupted, flagClear, "")},
	{"Cond.WaitUninterruptibly", "Condition.awaitUninterruptibly", "interrupt.(*Cond).WaitUninterruptibly", condUninterruptibly, false, ends(stays, flagSet, "B18"), nil},
	{"sync.Cond.Wait", "Object.wait", "sync.(*Cond).Wait", syncCond, false, ends(stays, flagSet, "B10"), nil},

	{"Handle.Park", "LockSupport.park", "interrupt.(*Handle).Park", park, true, ends(returned, flagSet, ""), ends(returned, flagSet, "B21")},
	{"Handle.ParkFor", "LockSupport.parkNanos", "interrupt.(*Handle).ParkFor", parkFor, true, ends(returned, flagSet, ""), ends(returned, flagSet, "B22")},

	{"Recv", "BlockingQueue.take", "interrupt.Recv", recv, false, ends(interrupted, flagClear, ""), ends(interrupted, flagClear, "B24")},
	{"Send, to a buffer", "BlockingQueue.put", "interrupt.Send", sendBuffered, false, ends(interrupted, flagClear, ""), ends(interrupted, flagClear, "B25")},
	{"Send, without a buffer", "SynchronousQueue.put", "interrupt.Send", send, true, ends(interrupted, flagClear, "B30"), ends(interrupted, flagClear, "")},
	{"receive in a select with a default", "Queue.poll", "", selectDefault, false, nil, ends(returned, flagSet, "B27")},
	{"receive", "", "waits.receive.func1", receive, false, ends(stays, flagSet, ""), ends(returned, flagSet, "")},

	{"Semaphore.Acquire", "Semaphore.acquire", "interrupt.(*Semaphore).Acquire", acquire, false, ends(interrupted, flagClear, "B31"), ends(interrupted, flagClear, "")},
	{"Semaphore.TryAcquire", "Semaphore.tryAcquire", "", tryAcquire, false, nil, ends(returned, flagSet, "B33")},
	{"Semaphore.AcquireUninterruptibly", "Semaphore.acquireUninterruptibly", "interrupt.(*Semaphore).AcquireUninterruptibly", acquireUninterruptibly, false, ends(stays, flagSet, "B34"), ends(returned, flagSet, "")},
	{"Latch.Await", "CountDownLatch.await", "interrupt.(*Latch).Await", latch, false, ends(interrupted, flagClear, ""), ends(interrupted, flagClear, "B36")},
	{"Barrier.Await", "CyclicBarrier.await", "interrupt.(*Barrier).Await", barrier, true, ends(interrupted, flagClear, "B37"), ends(interrupted, flagClear, "")},
	{"Future.Get", "Future.get", "interrupt.(*Future[...]).Get", get, false, ends(interrupted, flagClear, ""), ends(returned, flagSet, "B39")},
	{"Future.GetUninterruptibly", "CompletableFuture.join", "interrupt.(*Future[...]).GetUninterruptibly", getUninterruptibly, false, ends(stays, flagSet, "B40"), ends(returned, flagSet, "")},

	{"Mutex.LockInterruptibly", "Lock.lockInterruptibly", "interrupt.(*Mutex).LockInterruptibly", lockInterruptibly, false, ends(interrupted, flagClear, "C01"), ends(interrupted, flagClear, "C02")},
	{"Mutex.TryLockFor", "Lock.tryLock(time)", "interrupt.(*Mutex).TryLockFor", tryLockFor, false, ends(interrupted, flagClear, "C07"), ends(interrupted, flagClear, "C08")},
	{"Mutex.TryLock", "Lock.tryLock", "", tryLock, false, nil, ends(returned, flagSet, "C05")},
	{"Mutex.Lock", "Lock.lock", "interrupt.(*Mutex).Lock", lock, false, ends(stays, flagSet, ""), ends(returned, flagSet, "C04")},
	{"RWMutex.RLockInterruptibly", "ReadLock.lockInterruptibly", "interrupt.(*RWMutex).RLockInterruptibly", rlockInterruptibly, false, ends(interrupted, flagClear, "C17"), ends(interrupted, flagClear, "")},
	{"sync.Mutex.Lock", "synchronized", "sync.(*Mutex).Lock", syncLock, false, ends(stays, flagSet, "C11"), ends(returned, flagSet, "")},
}
