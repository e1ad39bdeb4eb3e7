// Package model answers: in which order does a Go program run, and why?
//
// It is a deterministic machine that follows the scheduler of Go 1.26 step by step. On
// one P it names the order in which the real runtime executes a program, decision by
// decision; package realrun puts the two side by side.
//
// Read program.go (what a program is), then the machine, one mechanism a file:
//
//	loop.go     choose a goroutine, run it until it stops, choose the next
//	find.go     who runs next, and the life of a thread
//	runq.go     where a runnable goroutine waits: runnext, the ring, the global queue
//	interp.go   the operations, and how one goes on that had to stop
//	chan.go     channels, and the order in which close wakes
//	select.go   select, and its lots
//	sema.go     semaphores; mutex.go, rwmutex.go and group.go are made of them
//	steal.go    how a P takes work from another
//	wake.go     threads: waking, spinning, sleeping, handing a P off
//	syscall.go  system calls; locked.go goroutines that are tied to a thread
//	sysmon.go   time slices, and Ps that are taken from system calls
//	timers.go   Sleep and AfterFunc; netpoll.go the network
//	policy.go   other ways to schedule, for contrast
//	usual.go    all of it once more for the usual case, in one loop that is fast
//
// The rest is carpentry: json.go and build.go (reading and writing programs), code.go
// (laying them out), config.go and result.go (what goes in and comes out), machine.go (the
// state), agenda.go (whose turn it is), phase.go (real runs of which one thing is not
// known), limits.go, log.go (the order of events).
//
// What it does not do: memory, garbage collection, the values that are sent, cgo. Where
// time matters it has a virtual clock with stated costs (Costs): there it shows how the
// rules work together, and does not predict nanoseconds.
package model
