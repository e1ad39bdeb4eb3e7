package realrun

import (
	"reflect"
	"runtime"
	"sync"
	"time"
	"unsafe"
)

// This file is about the one way in which a lock looks at the clock. A waiter of a
// sync.Mutex that was woken, finds the mutex locked again, and has waited for more than
// 1 ms sets a bit in it: it starves. The next Unlock then hands the mutex over, and gives
// way (internal/sync/mutex.go: lockSlow, unlockSlow; Go 1.26). Nothing else depends on how
// long somebody waited. So the clock had no say if the bit was clear whenever somebody
// unlocked.

// starving is the bit.
const starving = 4

// stateOf finds the state of a Mutex, and of the one in an RWMutex; ok is false where
// they are made in another way.
type stateOf struct {
	mutex, rw uintptr // offsets
	ok        bool
}

// findState finds it by name, and sees a mutex starve. It takes 2 ms.
func findState() stateOf {
	var s stateOf
	inner, ok := reflect.TypeFor[sync.Mutex]().FieldByName("mu")
	if !ok || inner.Type.Kind() != reflect.Struct {
		return s
	}
	state, ok := inner.Type.FieldByName("state")
	if !ok || state.Type != reflect.TypeFor[int32]() {
		return s
	}
	w, ok := reflect.TypeFor[sync.RWMutex]().FieldByName("w")
	if !ok || w.Type != reflect.TypeFor[sync.Mutex]() {
		return s
	}
	s.mutex = inner.Offset + state.Offset
	s.rw = w.Offset + s.mutex
	s.ok = s.try()
	return s
}

func (s stateOf) try() bool {
	var mu sync.Mutex
	gone := make(chan struct{})
	waiting := false
	mu.Lock()
	go func() {
		waiting = true
		mu.Lock()
		defer mu.Unlock()
		defer close(gone)
	}()
	for !waiting {
		runtime.Gosched()
	}
	time.Sleep(2 * time.Millisecond)
	before := s.of(&mu)
	mu.Unlock()
	mu.Lock() // before the waiter, which was woken
	for range attempts {
		runtime.Gosched()
	}
	after := s.of(&mu)
	mu.Unlock()
	<-gone
	const locked, waiter = 1, 8
	return before == locked|waiter && after == locked|waiter|starving
}

func (s stateOf) of(mu *sync.Mutex) int32 { return *(*int32)(unsafe.Add(unsafe.Pointer(mu), s.mutex)) }

func (s stateOf) starves(mu *sync.Mutex) bool { return s.ok && s.of(mu)&starving != 0 }

func (s stateOf) starvesRW(rw *sync.RWMutex) bool {
	return s.ok && *(*int32)(unsafe.Add(unsafe.Pointer(rw), s.rw))&starving != 0
}
