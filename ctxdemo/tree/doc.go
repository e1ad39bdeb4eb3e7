// Package tree answers: which contexts are alive in this program, who waits for them, who was
// cancelled, by whom, in what order and why?
//
// Package context keeps the tree of contexts to itself. A Tree makes contexts with the
// signatures of package context and writes down what it makes:
//
//	t := tree.New(tree.Options{})
//	ctx, cancel := t.WithCancel(context.Background())
//	...
//	fmt.Print(t)
//
// What it returns has a standard context inside, which does all the work: Err, Cause, Done
// and Value are those of package context, contexts that other code derives from it hang in
// it as they always do and cost no goroutine, and Value still walks up in one loop. A
// program is switched over by changing an import, see package.go.
//
// # What the picture is, and what it is not
//
// Who is in the tree, who is dead, the errors and the causes are facts: the tree asks the
// standard contexts themselves. The order of cancellation is a fact for those whose own
// cancel function was called. For those below them it is derived: package context cancels
// parents before children and finishes a branch before it begins the next, but takes
// siblings in the order of a map. Such an order is marked Inferred, and printed as "~3"
// where an observed one is "#3". So is one of a timer, or of something outside the tree: they
// are noticed a moment later.
//
// How many goroutines wait for a context is a fact, too, as long as none comes or goes: it is read
// from the runtime's queue of those that are blocked on its Done channel. Nobody promises that
// this queue stays where it is. So the tree tries it out at first, does not touch a version of Go
// that it does not know, and then says that it does not know (Node.Waiting). From where Done was
// called is noted with Options.Sites; it costs time in each call of Done.
//
// If a node's own cancel and its parent's race and give the same cause, nobody can tell
// who came first; the tree names one of them.
//
// A context that others made between two of the tree is not seen: the lower one is shown
// under the nearest of the tree's own contexts above it, as adopted, and an adopted one may
// be cancelled by somebody whom the tree does not know ("from outside") or outlive those
// above it. So is one whose parent is not of the tree at all, but can be cancelled.
//
// # What is kept
//
// The tree keeps a context in memory exactly as long as package context does: one that hangs
// under a living parent and was never cancelled stays, which is the leak that one looks for;
// one that nobody else holds goes, and then it is no longer in the picture. Of what has ended,
// the last ones are remembered (Options.Keep), without the contexts and their values.
//
// # Reading order
//
// tree.go (the factory), node.go (what it returns), registry.go (who hangs where, and what
// holds it), end.go (who is dead, by whom), then snapshot.go and text.go (the picture),
// waiting.go and askers.go (who waits), event.go, name.go. Package oracle reads the real tree out
// of package context, for the tests and for looking.
package tree
