package tree

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

// Named returns parent, such that the next context that a Tree derives from it has this name
// instead of a letter: t.WithCancel(tree.Named(ctx, "fetch")). Characters that a path cannot
// hold become "_", and a name that a sibling has or has had gets a number: "fetch#2".
//
// It panics if parent is nil.
func Named(parent context.Context, name string) context.Context {
	if parent == nil {
		panic("cannot name the child of a nil parent")
	}
	return named{parent, clean(name)}
}

// named is a context that is about to be derived from. Whoever uses it otherwise has the
// parent.
type named struct {
	context.Context
	name string
}

func (n named) String() string { return fmt.Sprint(n.Context) }

// clean returns name without what would break a path or the text form of a timeline.
func clean(name string) string {
	return strings.Map(func(r rune) rune {
		if r == '/' || r == '#' || r == '"' || r == unicode.ReplacementChar || unicode.IsSpace(r) || !unicode.IsPrint(r) {
			return '_'
		}
		return r
	}, name)
}

// names hands out names that no other child of a parent has or has had.
type names struct {
	born    uint32
	letters uint32 // how many of them have a letter
	given   map[string]bool
}

// givenMax bounds given, for parents that live long and have children with ever new names: from
// then on, all get a number.
const givenMax = 1024

// baptize names a child of r, a node or the record of the roots.
func (s *names) baptize(child *record, name string) {
	s.born++
	if name == "" {
		child.number = s.letters
		for len(s.given) > 0 && s.given[child.name()] {
			child.number++
		}
		s.letters = child.number + 1
		return
	}
	child.given = name
	if i, ok := ordinal(name, child.parent == nil); s.given[name] || len(s.given) >= givenMax || ok && i < s.letters {
		child.given += "#" + strconv.FormatUint(uint64(s.born), 10)
		return
	}
	if s.given == nil {
		s.given = make(map[string]bool)
	}
	s.given[name] = true
}

// ordinal is the inverse of root or of letters: which child without a name has this one, if
// any.
func ordinal(name string, isRoot bool) (i uint32, ok bool) {
	if isRoot {
		digits, _ := strings.CutPrefix(name, root(0))
		n, _ := strconv.ParseUint(digits, 10, 32)
		i = uint32(max(n, 1) - 1)
		return i, root(i) == name
	}
	for _, c := range []byte(name) {
		if c < 'a' || c > 'z' || len(name) > 6 { // so many children are none that a person names
			return 0, false
		}
		i = i*26 + uint32(c-'a') + 1
	}
	return i - 1, true
}

// letters returns the name of the i-th child: a, b, ... z, aa, ab.
func letters(i uint32) string {
	var name []byte
	for i++; i > 0; i = (i - 1) / 26 {
		name = append([]byte{byte('a' + (i-1)%26)}, name...)
	}
	return string(name)
}

// root returns the name of the i-th root: root, root2, root3.
func root(i uint32) string {
	if i == 0 {
		return "root"
	}
	return "root" + strconv.FormatUint(uint64(i)+1, 10)
}

// name returns the last element of the path.
func (r *record) name() string {
	switch {
	case r.given != "":
		return r.given
	case r.parent == nil:
		return root(r.number)
	}
	return letters(r.number)
}

// path returns the names from the root to r: "root/a/b".
func (r *record) path() string {
	var up []string
	for ; r != nil; r = r.parent {
		up = append(up, r.name())
	}
	var b strings.Builder
	for i := len(up) - 1; i >= 0; i-- {
		b.WriteString(up[i])
		if i > 0 {
			b.WriteByte('/')
		}
	}
	return b.String()
}
