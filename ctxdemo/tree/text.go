package tree

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"lab.example/gopark/internal/timeline"
)

// String draws the tree as it is now; see Snapshot.String.
func (t *Tree) String() string { return t.Snapshot().String() }

// String draws the tree, one node a line: its name, what it is, whether it is alive or how
// it ended. "#2" is its place in the order of ending, "~2" one that was derived and not
// observed. Of a living one it says how many goroutines wait for its end, and from where Done
// was called, as far as that is known. The error is named if it is not context.Canceled, the
// cause if it is not the error.
func (s Snapshot) String() string {
	var rows [][3]string
	for _, root := range s {
		rows = root.draw(rows, "", "")
	}
	var width [2]int
	for _, row := range rows {
		for i := range width {
			width[i] = max(width[i], utf8.RuneCountInString(row[i]))
		}
	}
	var b strings.Builder
	for _, row := range rows {
		fmt.Fprintf(&b, "%-*s  %-*s  %s\n", width[0], row[0], width[1], row[1], row[2])
	}
	return b.String()
}

// draw appends the rows of n and of those below it: first stands before its name, rest before
// theirs.
func (n *Node) draw(rows [][3]string, first, rest string) [][3]string {
	rows = append(rows, [3]string{first + n.Name, n.what(), n.fate()})
	for i, child := range n.Children {
		if i < len(n.Children)-1 {
			rows = child.draw(rows, rest+"├── ", rest+"│   ")
		} else {
			rows = child.draw(rows, rest+"└── ", rest+"    ")
		}
	}
	return rows
}

func (n *Node) what() string {
	what := n.Kind.String()
	if n.Key != "" {
		what += " " + n.Key
	}
	if n.Adopted {
		what += " (adopted)"
	}
	if n.MadeAt != "" {
		what += " " + n.MadeAt
	}
	return what
}

func (n *Node) fate() string {
	if n.State == timeline.Live {
		return "live" + n.company()
	}
	mark := "#"
	if n.OrderProvenance != timeline.Observed {
		mark = "~"
	}
	fate := fmt.Sprintf("%s%d ", mark, n.Order)
	switch {
	case n.State == timeline.NotExist:
		fate += "stopped"
	case n.By == ByCall:
		fate += "canceled"
	case n.By == ByTimer:
		fate += "timed out"
	case n.By == ByParent && n.Kind == KindAfterFunc:
		fate += "called"
	case n.By == ByParent:
		fate += "with its parent"
	default:
		fate += "from outside"
	}
	if n.EndedIn != "" {
		fate += " " + n.EndedIn
	}
	if why := n.why(); why != "" {
		fate += ": " + why
	}
	return fate
}

// company returns what there is to say of those who wait for a living node.
func (n *Node) company() (text string) {
	if n.Waiting > 0 {
		text += fmt.Sprintf(", %d waiting", n.Waiting)
	}
	if len(n.AskedAt) > 0 {
		text += ", asked at " + strings.Join(n.AskedAt, ", ")
	}
	return text
}

// why returns what there is to say of the error and the cause.
func (n *Node) why() string {
	switch {
	case n.Err == nil, n.By == ByTimer && same(n.Cause, n.Err):
		return ""
	case !same(n.Cause, n.Err):
		return n.Cause.Error()
	case !errors.Is(n.Err, context.Canceled):
		return n.Err.Error()
	}
	return ""
}
