package timeline

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

// constants returns the values of the constants in timeline.go that have the type
// typeName, from the source: a constant that nobody uses is not to be seen otherwise.
func constants(t *testing.T, typeName string) []string {
	file, err := parser.ParseFile(token.NewFileSet(), "timeline.go", nil, parser.SkipObjectResolution)
	require.NoError(t, err)
	var values []string
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || spec.Type == nil || len(spec.Values) != 1 {
			return true
		}
		literal, isLiteral := spec.Values[0].(*ast.BasicLit)
		if id, ok := spec.Type.(*ast.Ident); !ok || id.Name != typeName || !isLiteral {
			return true
		}
		value, err := strconv.Unquote(literal.Value)
		require.NoError(t, err)
		values = append(values, value)
		return true
	})
	require.NotEmpty(t, values)
	return values
}

func TestStatesNamesEveryKindAndState(t *testing.T) {
	var states []State
	for kind := range States {
		states = append(states, States[kind]...)
	}
	for _, kind := range constants(t, "Kind") {
		require.Contains(t, slices.Collect(maps.Keys(States)), Kind(kind))
	}
	for _, state := range constants(t, "State") {
		require.Contains(t, states, State(state))
	}
	require.Len(t, constants(t, "Provenance"), 3)
}

// Every pair of states of every kind can be written and read, whether or not a real
// subject could go from one to the other: that is for whoever makes the events.
func TestEveryStateIsUsable(t *testing.T) {
	for kind, states := range States {
		subject := Subject{kind, "1"}
		for _, from := range append([]State{""}, states...) {
			for _, to := range states {
				e := Event{Provenance: Simulated, Subject: subject, From: from, To: to}
				require.NoError(t, e.Validate())
				got, err := Parse(e.String())
				require.NoError(t, err)
				require.Equal(t, e, got)
				require.NoError(t, new(Board).Apply(e))
			}
		}
	}
}

func TestValidateRefuses(t *testing.T) {
	valid := Event{Provenance: Observed, Subject: G(1), From: Runnable, To: Running, Attrs: []Attr{{"on", "P0"}}}
	require.NoError(t, valid.Validate())
	for message, spoil := range map[string]func(*Event){
		`unknown provenance "": want observed, inferred or simulated`:        func(e *Event) { e.Provenance = "" },
		`unknown provenance "guessed": want observed, inferred or simulated`: func(e *Event) { e.Provenance = "guessed" },
		`unknown kind of subject ""`:                                         func(e *Event) { e.Subject.Kind = "" },
		`subject G has an unusable ID ""`:                                    func(e *Event) { e.Subject.ID = "" },
		`subject G has an unusable ID "1 2"`:                                 func(e *Event) { e.Subject.ID = "1 2" },
		`subject G has an unusable ID "1\u00a0"`:                             func(e *Event) { e.Subject.ID = "1\u00a0" },
		`subject G has an unusable ID "\""`:                                  func(e *Event) { e.Subject.ID = `"` },
		`subject G has an unusable ID "\xff"`:                                func(e *Event) { e.Subject.ID = "\xff" },
		`subject G has an unusable ID "1\u200b"`:                             func(e *Event) { e.Subject.ID = "1\u200b" },
		`subject G has an unusable ID "a:b"`:                                 func(e *Event) { e.Subject.ID = "a:b" },
		`G1 cannot be in state "Idle"`:                                       func(e *Event) { e.From = Idle },
		`G1 cannot be in state ""`:                                           func(e *Event) { e.To = "" },
		`G1 cannot be in state "Delivered"`:                                  func(e *Event) { e.To = Delivered },
		`unusable attribute name ""`:                                         func(e *Event) { e.Attrs = []Attr{{"on", "P0"}, {"", "x"}} },
		`unusable attribute name "On"`:                                       func(e *Event) { e.Attrs = []Attr{{"On", "P0"}} },
		`unusable attribute name "a b"`:                                      func(e *Event) { e.Attrs = []Attr{{"a b", ""}} },
	} {
		e := valid
		spoil(&e)
		require.EqualError(t, e.Validate(), message)
	}
}

func TestAttr(t *testing.T) {
	e := Event{Attrs: []Attr{{"on", "P0"}, {"by", "G1"}, {"on", "P1"}}}
	require.Equal(t, "P0", e.Attr("on"), "the first one counts")
	require.Equal(t, "G1", e.Attr("by"))
	require.Empty(t, e.Attr("cause"))
}
