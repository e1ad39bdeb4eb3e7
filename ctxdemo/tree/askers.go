package tree

import (
	"fmt"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
)

// askersMax is how many places of callers of Done are remembered.
const askersMax = 8

// askers are the places from which the Done of a node was called: program counters, in the order
// of the first call. 0 is none.
type askers [askersMax]atomic.Uintptr

// noteAsker writes down who has called Done, which is the caller. Mostly it is somebody who has
// been seen before: to look only at him first takes a third of the time.
func (n *notes) noteAsker() {
	known := n.askers.Load()
	if known == nil {
		n.askers.CompareAndSwap(nil, new(askers))
		known = n.askers.Load()
	}
	var stack [16]uintptr
	if runtime.Callers(3, stack[:1]); known.has(stack[0]) {
		return
	}
	known.add(theirs(stack[:runtime.Callers(3, stack[:])]))
}

func (a *askers) has(pc uintptr) bool {
	for i := range a {
		if a[i].Load() == pc {
			return true
		}
	}
	return false
}

// add adds pc if it is not there and there is room.
func (a *askers) add(pc uintptr) {
	for i := range a {
		if a[i].CompareAndSwap(0, pc) || a[i].Load() == pc {
			return
		}
	}
}

// places returns "file.go:12" for each of them. It is nil if n or its askers are.
func (n *notes) places() (all []string) {
	if n == nil {
		return nil
	}
	known := n.askers.Load()
	if known == nil {
		return nil
	}
	for i := range known {
		if pc := known[i].Load(); pc != 0 {
			f, _ := foreign(pc)
			if place := place(f); !slices.Contains(all, place) {
				all = append(all, place)
			}
		}
	}
	return all
}

// theirs returns the first program counter, innermost first, that is not inside package context
// or this one, so that to derive is to ask from the line that derives. A goroutine of package
// context has none: then it is the first.
func theirs(stack []uintptr) uintptr {
	for _, pc := range stack {
		if f, ok := foreign(pc); ok && !strings.HasPrefix(f.Function, "runtime.") {
			return pc
		}
	}
	return stack[0]
}

var ownPrefix = reflect.TypeFor[Tree]().PkgPath() + "."

// foreign returns the innermost of the calls at pc, of which there are several if one was
// inlined, that is not one of package context or of this one; if all are, the first.
func foreign(pc uintptr) (f runtime.Frame, ok bool) {
	frames := runtime.CallersFrames([]uintptr{pc})
	first, more := frames.Next()
	for f = first; ; f, more = frames.Next() {
		if !strings.HasPrefix(f.Function, "context.") && !strings.HasPrefix(f.Function, ownPrefix) {
			return f, true
		}
		if !more {
			return first, false
		}
	}
}

// place returns "file.go:12".
func place(f runtime.Frame) string { return fmt.Sprintf("%s:%d", filepath.Base(f.File), f.Line) }
