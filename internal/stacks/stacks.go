// Package stacks answers: what are the goroutines of a process doing, according to
// the runtime itself?
//
// A stack dump, whether runtime.Stack returns it or a dying process prints it, says of
// every goroutine what it waits for, where, and who started it. All takes the dump of
// this process, Parse reads any, Blocked and Summary ask the usual questions.
//
// Read stacks.go, then parse.go.
package stacks

import (
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// most is as long as a dump may get, in bytes. One that is longer is cut off.
const most = 16 << 20

// All returns the dump of all goroutines of this process.
func All() string {
	for size := 64 << 10; ; size *= 2 {
		buf := make([]byte, size)
		if n := runtime.Stack(buf, true); n < size || size >= most {
			return string(buf[:n])
		}
	}
}

// Blocked looks for a goroutine that waits in the function, whose name ends as given:
// "interrupt.(*Handle).Sleep". Its innermost call must be that function; calls of the
// runtime's own, which GOTRACEBACK=system shows, do not count. Blocked returns what it
// waits for: "select".
func Blocked(all []Goroutine, function string) (wait string, ok bool) {
	for _, g := range all {
		if strings.HasPrefix(g.Wait, "run") { // running, runnable: not waiting
			continue
		}
		own := slices.IndexFunc(g.Frames, func(f Frame) bool { return !strings.HasPrefix(f.Func, "runtime.") })
		if own >= 0 && strings.HasSuffix(g.Frames[own].Func, function) {
			return g.Wait, true
		}
	}
	return "", false
}

// Summary groups goroutines by what they wait for and by where, most first:
//
//	2 in chan send (answer.go:23), 1 in sync.WaitGroup.Wait (answer.go:30)
//
// Only those with a place in folder count; see Goroutine.In. If there is none, it
// says so.
func Summary(all []Goroutine, folder string) string {
	return summary(all, func(g Goroutine) (Frame, bool) { return g.In(folder) }, "none of them in this folder")
}

// Waits is Summary of the goroutines that execute code which is not of the standard
// library, wherever it lies; see Goroutine.Own.
func Waits(all []Goroutine) string {
	return summary(all, Goroutine.Own, "none of them in code of the program")
}

func summary(all []Goroutine, place func(Goroutine) (Frame, bool), nobody string) string {
	counts := make(map[string]int)
	for _, g := range all {
		if f, ok := place(g); ok {
			doing := "in " + g.Wait
			if strings.HasPrefix(g.Wait, "run") { // running, runnable: not waiting
				doing = g.Wait
			}
			counts[fmt.Sprintf("%s (%s:%d)", doing, filepath.Base(f.File), f.Line)]++
		}
	}
	var groups []string
	for group := range counts {
		groups = append(groups, group)
	}
	slices.SortFunc(groups, func(a, b string) int {
		if counts[a] != counts[b] {
			return counts[b] - counts[a]
		}
		return strings.Compare(a, b)
	})
	for i, group := range groups {
		groups[i] = fmt.Sprintf("%d %s", counts[group], group)
	}
	if len(groups) == 0 {
		return nobody
	}
	return strings.Join(groups, ", ")
}
