package stacks

import (
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Goroutine is one goroutine of a stack dump.
type Goroutine struct {
	ID      int
	Wait    string  // what it waits for: "chan send", "sync.Mutex.Lock"; or "running", "runnable"
	Bubble  int     // the synctest bubble that it belongs to, or 0
	Frames  []Frame // innermost first
	Created Frame   // the go statement that started it; zero for the main goroutine
}

// Frame is one call on a stack.
type Frame struct {
	Func string // "lab.example/gopark/labs/firsterr.Run.func1"
	File string
	Line int
}

var (
	headerForm = regexp.MustCompile(`^goroutine (\d+)(?: [^\[]*)? \[([^\]]*)\]:$`)
	bubbleForm = regexp.MustCompile(`synctest bubble (\d+)`)
	placeForm  = regexp.MustCompile(`^\s+(\S.*):(\d+)(?: \+0x[0-9a-f]+.*)?$`)
)

// Parse reads the goroutines out of a dump as runtime.Stack, a panic or
// SIGQUIT prints it. Lines that belong to no goroutine are passed over.
func Parse(dump string) []Goroutine {
	var all []Goroutine
	var call string // the function line that awaits its place
	inside := false
	for line := range strings.Lines(dump) {
		line = strings.TrimRight(line, "\r\n")
		if m := headerForm.FindStringSubmatch(line); m != nil {
			all = append(all, header(m[1], m[2]))
			call, inside = "", true
			continue
		}
		if !inside || line == "" {
			inside = false
			continue
		}
		m := placeForm.FindStringSubmatch(line)
		if m == nil || call == "" {
			call = line
			continue
		}
		g := &all[len(all)-1]
		number, _ := strconv.Atoi(m[2])
		f := Frame{File: m[1], Line: number}
		if by, ok := strings.CutPrefix(call, "created by "); ok {
			f.Func, _, _ = strings.Cut(by, " in goroutine ")
			g.Created = f
		} else {
			f.Func = withoutArguments(call)
			g.Frames = append(g.Frames, f)
		}
		call = ""
	}
	return all
}

// header reads what stands in the brackets: "chan send (durable), 2 minutes, synctest bubble 3".
func header(id, state string) Goroutine {
	var g Goroutine
	g.ID, _ = strconv.Atoi(id)
	g.Wait, _, _ = strings.Cut(state, ",")
	g.Wait = strings.TrimSuffix(g.Wait, " (durable)")
	if m := bubbleForm.FindStringSubmatch(state); m != nil {
		g.Bubble, _ = strconv.Atoi(m[1])
	}
	return g
}

// withoutArguments cuts the last pair of parentheses off a function line: those
// before it belong to a receiver, as in "sync.(*WaitGroup).Wait(0xc000)".
func withoutArguments(call string) string {
	if i := strings.LastIndexByte(call, '('); i > 0 && strings.HasSuffix(call, ")") {
		return call[:i]
	}
	return call
}

// In returns the goroutine's place in folder: its innermost frame in a file there
// that is not a test, else the go statement there that started it, else its innermost
// frame in a test there. A goroutine that has none of these runs somebody else's code.
func (g Goroutine) In(folder string) (f Frame, ok bool) {
	in := func(f Frame, test bool) bool {
		return filepath.Dir(f.File) == folder && strings.HasSuffix(f.File, "_test.go") == test
	}
	for _, f := range g.Frames {
		if in(f, false) {
			return f, true
		}
	}
	if in(g.Created, false) {
		return g.Created, true
	}
	for _, f := range g.Frames {
		if in(f, true) {
			return f, true
		}
	}
	return Frame{}, false
}

// Own returns the goroutine's innermost frame that is not of the standard library, else
// the go statement that started it, if that is not.
func (g Goroutine) Own() (f Frame, ok bool) {
	for _, f := range append(slices.Clone(g.Frames), g.Created) {
		if f.Func != "" && !f.standard() {
			return f, true
		}
	}
	return Frame{}, false
}

// standard reports whether the frame is one of the standard library. Its files are in
// folders that are called like the package: in /usr/local/go/src/net/http/server.go, or,
// of a program that was built with -trimpath, in net/http/server.go. So are the files of
// others then, but the first part of their packages' paths has a dot; only main's has none.
func (f Frame) standard() bool {
	path, name := "", f.Func
	if i := strings.LastIndex(name, "/"); i >= 0 {
		path, name = name[:i+1], name[i+1:]
	}
	name, _, _ = strings.Cut(name, ".")
	path += name
	first, _, _ := strings.Cut(path, "/")
	dir := filepath.ToSlash(filepath.Dir(f.File))
	in := func(folder string) bool { return dir == folder || strings.HasSuffix(dir, "/src/"+folder) }
	// The runtime implements functions of other packages.
	return path != "main" && !strings.Contains(first, ".") && (in(path) || in("runtime")) || f.Func == "panic"
}
