package request

import (
	"context"
	"strings"
	"unsafe"

	"lab.example/gopark/ctxdemo/tree"
	"lab.example/gopark/ctxdemo/tree/oracle"
	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/timeline"
)

var (
	beforeHeader = []string{"context", "made with", "is on the list of", "goroutines waiting"}
	afterHeader  = []string{"context", "Err", "Cause", "ended", "order", "goroutines waiting", "the tree says so, too"}
)

var (
	wantBefore = table(beforeHeader, `
server   | cancel           | nobody  | 1
request  | cancel           | server  | 1
handler  | deadline         | request | 1
user     | value            | nobody  | 0
prices   | cancel           | handler | 2
stock    | deadline         | nobody  | 0
reviews  | cancel (adopted) | nobody  | 2
audit    | withoutcancel    | nobody  | 0
log      | deadline         | nobody  | 1
rollback | afterfunc        | handler | 0`)

	wantAfter = table(afterHeader, `
server   | nil                       | nil                    | alive           |          | 1 | true
request  | context canceled          | the client hung up     | by a call       | observed | 0 | true
handler  | context canceled          | the client hung up     | with its parent | inferred | 0 | true
user     | context canceled          | the client hung up     | with its parent | inferred | 0 | true
prices   | context canceled          | the client hung up     | with its parent | inferred | 0 | true
stock    | context deadline exceeded | the stock was too slow | by its timer    | inferred | 0 | true
reviews  | nil                       | nil                    | alive           |          | 2 | true
audit    | nil                       | nil                    | alive           |          | 0 | true
log      | nil                       | nil                    | alive           |          | 1 | true
rollback | context canceled          | the client hung up     | was called      | inferred | 0 | true
late     | context canceled          | the client hung up     | with its parent | inferred | 0 | true`)

	wantEnd = table(afterHeader, `
server  | context canceled | context canceled   | by a call    | observed | 0 | true
reviews | context canceled | the client hung up | from outside | inferred | 0 | true
audit   | nil              | nil                | alive        |          | 0 | true
log     | nil              | nil                | alive        |          | 1 | true`)
)

// table reads rows, one a line.
func table(header []string, rows string) experiment.Table {
	t, err := experiment.ParseTable(append([]string{strings.Join(header, "|")}, strings.Split(strings.TrimSpace(rows), "\n")...))
	if err != nil {
		panic(err)
	}
	return t
}

// before says of everybody on whose list he is, which package context itself is asked, and how
// many goroutines wait.
func (q *request) before(picture tree.Snapshot) (experiment.Table, error) {
	t := experiment.Table{Header: beforeHeader}
	lists, err := q.lists(picture)
	if err != nil {
		return t, err
	}
	for n := range picture.All() {
		made := n.Kind.String()
		if n.Adopted {
			made += " (adopted)"
		}
		above := lists[n.Path()]
		if above == "" {
			above = "nobody"
		}
		t.Add(n.Name, made, above, n.Waiting)
	}
	return t, nil
}

// lists returns the names of the contexts on whose lists of children package context has those
// with the given paths.
func (q *request) lists(picture tree.Snapshot) (above map[string]string, err error) {
	paths := make(map[unsafe.Pointer]string)
	for n := range picture.All() {
		if n.Kind != tree.KindCancel && n.Kind != tree.KindDeadline {
			continue
		}
		real, err := oracle.Of(q.contexts[n.Path()])
		if err != nil {
			return nil, err
		}
		paths[real.ID] = n.Path()
	}
	above = make(map[string]string)
	var walk func(*oracle.Context)
	walk = func(c *oracle.Context) {
		for _, child := range c.Children {
			path := paths[child.ID]
			if strings.Contains(child.Func, "tree.(*Tree).afterFunc") {
				path = rollback
			}
			above[path] = picture.Find(paths[c.ID]).Name
			walk(child)
		}
	}
	root, err := oracle.Of(q.contexts[server])
	if err != nil {
		return nil, err
	}
	walk(root)
	return above, nil
}

// after says of those with these paths how they have ended, if they have. The error and the cause
// are what package context says.
func (q *request) after(picture tree.Snapshot, paths ...string) experiment.Table {
	t := experiment.Table{Header: afterHeader}
	for _, path := range paths {
		n := picture.Find(path)
		if n == nil { // it has been lost
			continue
		}
		ctx := q.contexts[path]
		if path == rollback {
			ctx = q.contexts[user]
		}
		err, cause := ctx.Err(), context.Cause(ctx)
		t.Add(n.Name, text(err), text(cause), ended(n), order(n), n.Waiting, n.Err == err && n.Cause == cause)
	}
	return t
}

func text(err error) string {
	if err == nil {
		return "nil"
	}
	return err.Error()
}

func ended(n *tree.Node) string {
	if n.Kind == tree.KindAfterFunc && n.By == tree.ByParent {
		return "was called"
	}
	return map[tree.By]string{
		tree.ByNobody:  "alive",
		tree.ByCall:    "by a call",
		tree.ByParent:  "with its parent",
		tree.ByTimer:   "by its timer",
		tree.ByOutside: "from outside",
	}[n.By]
}

// order says how the place of n in the order is known.
func order(n *tree.Node) timeline.Provenance {
	if n.State == timeline.Live {
		return ""
	}
	return n.OrderProvenance
}
