package hint

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"pgregory.net/rapid"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestOfFindsTheOutermostHint(t *testing.T) {
	bare := errors.New("bare")
	require.Empty(t, Of(nil))
	require.Empty(t, Of(bare))
	require.Empty(t, Of(fmt.Errorf("run: %w", bare)))

	inner := With(bare, "try %d", 1)
	require.Equal(t, "try 1", Of(inner))
	require.Equal(t, "try 1", Of(fmt.Errorf("run: %w", inner)))
	require.Equal(t, "try 1", Of(errors.Join(bare, inner)))
	require.Equal(t, "try 2", Of(With(fmt.Errorf("run: %w", inner), "try 2")))
	require.Equal(t, "try 1", Of(With(inner, "%s", "")), "an empty hint hides none")
}

func TestWithChangesNothingElse(t *testing.T) {
	require.NoError(t, With(nil, "try again"))

	_, cause := fs.ReadFile(fsNone{}, "page.md")
	err := With(fmt.Errorf("read page: %w", cause), "try again")
	require.EqualError(t, err, "read page: open page.md: file does not exist")
	require.ErrorIs(t, err, fs.ErrNotExist)
	var path *fs.PathError
	require.ErrorAs(t, err, &path)
	require.Equal(t, "page.md", path.Path)
}

// fsNone holds no file.
type fsNone struct{}

func (fsNone) Open(name string) (fs.File, error) {
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

var topics = []string{
	"scheduler/runnext", "scheduler/stealing", "scheduler/handoff", "scheduler/spinning",
	"ctxdemo/cause", "ctxdemo/propagate", "panics/exitcode", "panics/recover", "signals/pending",
}

func TestNearest(t *testing.T) {
	for _, tt := range []struct {
		name       string
		candidates []string
		want       []string
	}{
		{"runnxt", topics, []string{"scheduler/runnext"}},
		{"exitcod", topics, []string{"panics/exitcode"}},
		{"exitcode", topics, []string{"panics/exitcode"}},
		{"scheduler/stealign", topics, []string{"scheduler/stealing"}},
		{"RUNNEXT", topics, []string{"scheduler/runnext"}},
		{"cause", topics, []string{"ctxdemo/cause"}},
		{"panics/exitcode/page", topics, []string{"panics/exitcode"}},
		{"quicksort", topics, nil},
		{"zzzzzzzzzzzzzzzzzzzzzzzz", topics, nil},
		{"", topics, nil},
		{"runnext", nil, nil},

		// At most three, and those first that need the fewest edits.
		{"scheduler", topics, topics[:3]},
		{"sleep", []string{"Handle.Sleep", "slep", "asleep", "sleep", "steep"}, []string{"sleep", "slep", "asleep"}},
		// One edit in the last element is nearer than two in all, although it is contained.
		{"exitcod", []string{"exitdo", "panics/exitcode"}, []string{"panics/exitcode", "exitdo"}},
		{"Sleep", []string{"Handle.Wake", "Handle.Sleep"}, []string{"Handle.Sleep"}},

		// Short names are not close to each other just because they are short.
		{"ab", []string{"", "a", "x", "xy", "abc"}, []string{"a", "abc"}},
		{"x", []string{"", "a", "ab"}, nil},
		{"", []string{"", "a", "ab"}, []string{""}},
		{"run", []string{"map", "rub", "go", "g"}, []string{"rub"}},
		{"goroutine", []string{"g", "", "go", "routine"}, []string{"routine"}},
	} {
		require.Equal(t, tt.want, Nearest(tt.name, tt.candidates), "%q", tt.name)
	}
}

func TestNearestOfAnything(t *testing.T) {
	word := rapid.StringMatching("[a-d/]{0,8}")
	rapid.Check(t, func(t *rapid.T) {
		name := word.Draw(t, "name")
		candidates := rapid.SliceOf(word).Draw(t, "candidates")
		near := Nearest(name, candidates)
		require.LessOrEqual(t, len(near), 3)
		require.Subset(t, candidates, near)
		last := 0
		for _, candidate := range near {
			cost, ok := cost(name, candidate)
			require.True(t, ok)
			require.GreaterOrEqual(t, cost, last)
			last = cost
		}
		if slices.Contains(candidates, name) {
			cost, _ := cost(name, near[0])
			require.Zero(t, cost, "the name itself is a candidate")
		}
	})
}

func TestMeant(t *testing.T) {
	require.Equal(t, "did you mean scheduler/runnext?", Meant("runnxt", topics, "list them"))
	require.Equal(t, "did you mean ruin or rub?", Meant("run", []string{"ruin", "rub", "mop"}, "list them"))
	require.Equal(t, "list them", Meant("quicksort", topics, "list them"))
}

func TestDistance(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want int
	}{
		{"", "", 0},
		{"", "abc", 3},
		{"abc", "abc", 0},
		{"abc", "abd", 1},
		{"abc", "ac", 1},
		{"abc", "abbc", 1},
		{"abc", "acb", 1}, // a swap is one edit
		{"ca", "abc", 3},  // and a swapped pair is not edited again: two would do otherwise
		{"stealing", "sailing", 3},
		{"runnext", "runnxet", 1},
	} {
		require.Equal(t, tt.want, distance(tt.a, tt.b), "%q %q", tt.a, tt.b)
	}
}

func TestDistanceOfAnything(t *testing.T) {
	word := rapid.StringMatching("[a-c]{0,6}")
	rapid.Check(t, func(t *rapid.T) {
		a, b := word.Draw(t, "a"), word.Draw(t, "b")
		d := distance(a, b)
		require.Equal(t, d, distance(b, a))
		require.Equal(t, a == b, d == 0)
		require.LessOrEqual(t, d, max(len(a), len(b)))
		require.GreaterOrEqual(t, d, max(len(a), len(b))-min(len(a), len(b)))
		require.Equal(t, d, distanceByDefinition(a, b))
	})
}

// distanceByDefinition is what distance computes, without a table.
func distanceByDefinition(a, b string) int {
	if a == "" || b == "" {
		return len(a) + len(b)
	}
	same := 1
	if a[0] == b[0] {
		same = 0
	}
	d := min(
		distanceByDefinition(a[1:], b)+1,
		distanceByDefinition(a, b[1:])+1,
		distanceByDefinition(a[1:], b[1:])+same,
	)
	if len(a) > 1 && len(b) > 1 && a[0] == b[1] && a[1] == b[0] {
		d = min(d, distanceByDefinition(a[2:], b[2:])+1)
	}
	return d
}
