package waiting

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"time"

	"lab.example/gopark/internal/experiment"
)

// empty is what a context is, and what the two are that everything begins with.
type empty struct {
	Methods []string         `obs:"/context/methods:names"`
	Roots   experiment.Table `obs:"/roots:rows"`
	Equal   bool             `obs:"/roots/equal:bool"` // Background() == TODO()
}

func wantRoots() experiment.Table {
	table := experiment.Table{Header: []string{"function", "type", "text", "Done", "deadline", "Err", "value"}}
	table.Add("Background", "context.backgroundCtx", "context.Background", "nil", "none", "nil", "nil")
	table.Add("TODO", "context.todoCtx", "context.TODO", "nil", "none", "nil", "nil")
	return table
}

func lookAtEmpty() empty {
	seen := empty{
		Roots: experiment.Table{Header: wantRoots().Header},
		Equal: context.Background() == context.TODO(),
	}
	for m := range reflect.TypeFor[context.Context]().Methods() {
		seen.Methods = append(seen.Methods, m.Name)
	}
	for _, root := range []struct {
		name string
		ctx  context.Context
	}{{"Background", context.Background()}, {"TODO", context.TODO()}} {
		done, deadline := "a channel", "some"
		if root.ctx.Done() == nil {
			done = "nil"
		}
		if t, ok := root.ctx.Deadline(); !ok && t.Equal(time.Time{}) {
			deadline = "none"
		}
		seen.Roots.Add(root.name, fmt.Sprintf("%T", root.ctx), root.ctx, done, deadline,
			orNil(root.ctx.Err()), orNil(root.ctx.Value(key{})))
	}
	return seen
}

func orNil(v any) string {
	if v == nil {
		return "nil"
	}
	return fmt.Sprint(v)
}

func (seen empty) check() error {
	if want := []string{"Deadline", "Done", "Err", "Value"}; !slices.Equal(seen.Methods, want) {
		return experiment.Refuted("Context has the methods %v, not %v", seen.Methods, want)
	}
	if seen.Equal {
		return experiment.Refuted("Background and TODO are the same")
	}
	return seen.Roots.Equals(wantRoots(), 1)
}
