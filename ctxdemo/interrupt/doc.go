// Package interrupt answers: how can a goroutine be told to stop what it is doing, once,
// and live on?
//
// A context is cancelled for good, and for everybody who has it. Java tells a thread
// otherwise: every thread has a flag. Anybody may set it, and it stops nothing; but what
// blocks looks at it, reports it as an error, and clears it, so that it can be set again.
// This package gives goroutines such a flag, a Handle, and operations that know it: sleeping,
// parking, joining, channels, locks and conditions, semaphores, latches and tasks, sockets
// and files. Where they differ from those of Java, which their tests hold row by row
// against what a JVM did, their documentation says so.
//
// Read handle.go and wait.go; then, for the locks, mutex.go with queue.go, cond.go, and
// rwmutex.go; then what you need.
package interrupt
