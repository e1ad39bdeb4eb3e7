package tree_test

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"lab.example/gopark/ctxdemo/tree"
	"lab.example/gopark/internal/stacks"
	"lab.example/gopark/internal/timeline"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// names returns the exported names that the files declare at the top.
func names(t *testing.T, pattern string) []string {
	files, err := filepath.Glob(pattern)
	require.NoError(t, err)
	require.NotEmpty(t, files)
	var exported []string
	for _, file := range files {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		for _, decl := range parsed.Decls {
			switch d := decl.(type) {
			case *ast.FuncDecl:
				if d.Recv == nil && d.Name.IsExported() {
					exported = append(exported, d.Name.Name)
				}
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					switch s := spec.(type) {
					case *ast.TypeSpec:
						exported = append(exported, s.Name.Name)
					case *ast.ValueSpec:
						for _, name := range s.Names {
							exported = append(exported, name.Name)
						}
					}
				}
			}
		}
	}
	return exported
}

// TestImportCanBeSwitched holds that the package has all that package context has, with the same
// types.
func TestImportCanBeSwitched(t *testing.T) {
	ours := names(t, "package.go")
	for _, name := range names(t, filepath.Join(build.Default.GOROOT, "src/context/context.go")) {
		if ast.IsExported(name) {
			require.Contains(t, ours, name)
		}
	}
	for name, pair := range map[string][2]any{
		"Background":        {context.Background, tree.Background},
		"TODO":              {context.TODO, tree.TODO},
		"Cause":             {context.Cause, tree.Cause},
		"WithCancel":        {context.WithCancel, tree.WithCancel},
		"WithCancelCause":   {context.WithCancelCause, tree.WithCancelCause},
		"WithDeadline":      {context.WithDeadline, tree.WithDeadline},
		"WithDeadlineCause": {context.WithDeadlineCause, tree.WithDeadlineCause},
		"WithTimeout":       {context.WithTimeout, tree.WithTimeout},
		"WithTimeoutCause":  {context.WithTimeoutCause, tree.WithTimeoutCause},
		"WithValue":         {context.WithValue, tree.WithValue},
		"WithoutCancel":     {context.WithoutCancel, tree.WithoutCancel},
		"AfterFunc":         {context.AfterFunc, tree.AfterFunc},
	} {
		require.Equal(t, reflect.TypeOf(pair[0]), reflect.TypeOf(pair[1]), name)
	}
}

func TestDefaultTree(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		before := len(tree.Default.Snapshot())
		ctx, cancel := tree.WithCancel(tree.Background())
		a, cancelA := tree.WithCancelCause(ctx)
		b, cancelB := tree.WithDeadline(ctx, time.Now().Add(time.Hour))
		c, cancelC := tree.WithDeadlineCause(ctx, time.Now().Add(time.Second), errEnough)
		d, cancelD := tree.WithTimeout(ctx, time.Hour)
		e, cancelE := tree.WithTimeoutCause(ctx, 2*time.Second, errEnough)
		f := tree.WithValue(ctx, key(0), 1)
		g := tree.WithoutCancel(ctx)
		tree.AfterFunc(ctx, func() {})
		time.Sleep(time.Minute)
		cancelA(errEnough)
		require.Len(t, tree.Default.Snapshot(), before+1)
		require.Equal(t, 8, len(tree.Default.Snapshot().Find(tree.Default.Path(ctx)).Children))
		require.Equal(t, []error{errEnough, nil, errEnough, nil, errEnough, nil, nil},
			[]error{tree.Cause(a), b.Err(), tree.Cause(c), d.Err(), tree.Cause(e), f.Err(), g.Err()})
		for _, cancel := range []func(){cancel, cancelB, cancelC, cancelD, cancelE} {
			cancel()
		}
	})
}

var errEnough = errors.New("enough")

// own is a context of somebody else's, with a Done of its own.
type own struct {
	context.Context
	done chan struct{}
}

func (o own) Done() <-chan struct{} { return o.done }

// propagators returns how many goroutines package context keeps in order to cancel a child: those
// of children that it could not hang into their parent.
func propagators() int {
	return strings.Count(stacks.All(), "created by context.(*cancelCtx).propagateCancel")
}

// TestNoGoroutine holds that a context derived by package context from any of ours costs no
// goroutine, and none of ours either.
// The bubbles wait until the goroutines of one test have gone.
func TestNoGoroutine(t *testing.T) { synctest.Test(t, noGoroutine) }

func noGoroutine(t *testing.T) {
	tr := tree.New(tree.Options{})
	root, cancel := tr.WithCancel(t.Context())
	defer cancel()
	timed, cancel := tr.WithTimeout(root, time.Hour)
	defer cancel()
	derive := func(parent context.Context) {
		_, cancel := context.WithCancel(parent)
		t.Cleanup(cancel)
		ours, cancel := tr.WithCancel(parent)
		t.Cleanup(cancel)
		_, cancel = tr.WithTimeout(ours, time.Hour)
		t.Cleanup(cancel)
		stop := context.AfterFunc(parent, func() {})
		t.Cleanup(func() { stop() })
	}
	for _, parent := range []context.Context{
		root, timed, tr.WithValue(timed, key(0), 1), tr.WithoutCancel(timed), tree.Named(timed, "x"),
		tr.WithValue(context.WithValue(timed, key(0), 1), key(1), 1),
	} {
		derive(parent)
	}
	require.Zero(t, propagators())
	derive(own{context.Background(), make(chan struct{})})
	require.Equal(t, 3, propagators(), "from a context with a Done of its own it does: WithCancel, ours, AfterFunc")
}

// after is a context that offers AfterFunc, so that a child of it needs no goroutine.
type after struct {
	own
	functions *[]func()
}

func (a after) AfterFunc(f func()) func() bool {
	*a.functions = append(*a.functions, f)
	return func() bool { return true }
}

// TestParentWithAfterFunc: the tree must not hide the method, as a wrapper around the parent
// would.
func TestParentWithAfterFunc(t *testing.T) { synctest.Test(t, parentWithAfterFunc) }

func parentWithAfterFunc(t *testing.T) {
	tr := tree.New(tree.Options{})
	var functions []func()
	ctx, cancel := tr.WithCancel(after{own{context.Background(), make(chan struct{})}, &functions})
	defer cancel()
	require.Len(t, functions, 1)
	require.Zero(t, propagators())
	require.NoError(t, ctx.Err())
}

// TestMisuse holds that what panics there panics here, with the same words.
func TestMisuse(t *testing.T) {
	tr := tree.New(tree.Options{})
	var none context.Context
	var list any = []int{}
	for name, pair := range map[string][2]func(){
		"cancel":        {func() { _, cancel := context.WithCancel(none); cancel() }, func() { _, cancel := tr.WithCancel(none); cancel() }},
		"deadline":      {func() { _, cancel := context.WithTimeout(none, 1); cancel() }, func() { _, cancel := tr.WithTimeout(none, 1); cancel() }},
		"value":         {func() { _ = context.WithValue(none, key(0), 1) }, func() { _ = tr.WithValue(none, key(0), 1) }},
		"no key":        {func() { _ = context.WithValue(t.Context(), nil, 1) }, func() { _ = tr.WithValue(t.Context(), nil, 1) }},
		"bad key":       {func() { _ = context.WithValue(t.Context(), list, 1) }, func() { _ = tr.WithValue(t.Context(), list, 1) }},
		"withoutcancel": {func() { _ = context.WithoutCancel(none) }, func() { _ = tr.WithoutCancel(none) }},
		"afterfunc":     {func() { context.AfterFunc(none, func() {}) }, func() { tr.AfterFunc(none, func() {}) }},
	} {
		recovered := func(f func()) (text string) {
			defer func() { text = fmt.Sprint(recover()) }()
			f()
			return ""
		}
		require.Equal(t, recovered(pair[0]), recovered(pair[1]), name)
	}
	require.Panics(t, func() { tree.Named(none, "x") })
	require.Empty(t, tr.Snapshot(), "what panicked has left nothing behind")
}

func TestSameTextAsPackageContext(t *testing.T) {
	tr := tree.New(tree.Options{})
	ctx, cancel := tr.WithCancel(context.Background())
	defer cancel()
	native, cancel := context.WithCancel(tree.Named(tr.WithValue(ctx, key(1), "x"), "y"))
	defer cancel()
	require.Equal(t, "context.Background.WithCancel.WithValue(tree_test.key, x).WithCancel", fmt.Sprint(native))
}

func TestNames(t *testing.T) {
	tr := tree.New(tree.Options{})
	root, cancel := tr.WithCancel(context.Background())
	defer cancel()
	for _, step := range [][2]string{
		{"", "root/a"},
		{"fetch", "root/fetch"},
		{"", "root/b"},
		{"fetch", "root/fetch#4"},
		{"a", "root/a#5"},
		{"c", "root/c"},
		{"", "root/d"},
		{`a/b "c"#`, "root/a_b__c__"},
	} {
		require.Equal(t, step[1], tr.Path(tr.WithValue(tree.Named(root, step[0]), key(0), 0)))
	}
	for i := range 100 {
		path := tr.Path(tr.WithValue(root, key(0), 0))
		switch i {
		case 21:
			require.Equal(t, "root/z", path)
		case 22:
			require.Equal(t, "root/aa", path)
		}
	}
	paths := []string{
		tr.Path(tr.WithValue(context.Background(), key(0), 0)),
		tr.Path(tr.WithValue(tree.Named(context.Background(), "root2"), key(0), 0)),
		tr.Path(tr.WithValue(tree.Named(context.Background(), "root7"), key(0), 0)),
		tr.Path(context.Background()),
	}
	require.Equal(t, []string{"root2", "root2#3", "root7", ""}, paths)
}

// TestNamesAreUnique: also when a parent has had more names than are remembered.
func TestNamesAreUnique(t *testing.T) {
	tr := tree.New(tree.Options{})
	seen := make(map[string]bool)
	for i := range 3000 {
		name := ""
		if i%3 > 0 {
			name = fmt.Sprintf("n%d", i/2)
		}
		if i%30 == 0 {
			name = "bc"
		}
		path := tr.Path(tr.WithValue(tree.Named(context.Background(), name), key(0), 0))
		require.False(t, seen[path], path)
		seen[path] = true
	}
	require.Equal(t, "n2000#3001", tr.Path(tr.WithValue(tree.Named(context.Background(), "n2000"), key(0), 0)),
		"names are not remembered without end")
}

// TestNativeBetween: a context of package context between two of ours is not seen; the lower one
// is adopted, and may end without the upper one.
func TestNativeBetween(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := tree.New(tree.Options{})
		root, cancel := tr.WithCancel(context.Background())
		defer cancel()
		native, cancelNative := context.WithCancelCause(root)
		ours, cancel := tr.WithCancel(native)
		defer cancel()
		_, cancel = tr.WithCancel(ours)
		defer cancel()
		require.Equal(t, "root/a", tr.Path(ours))

		cancelNative(errEnough)
		synctest.Wait()
		require.Equal(t, ""+
			"root       cancel            live\n"+
			"└── a      cancel (adopted)  ~1 from outside: enough\n"+
			"    └── a  cancel            ~2 with its parent: enough\n", tr.String())
	})
}

// TestTwoTrees: to one tree, the contexts of another are those of somebody else.
func TestTwoTrees(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		one, two := tree.New(tree.Options{}), tree.New(tree.Options{})
		a, cancel := one.WithCancel(tree.Named(context.Background(), "one"))
		b, cancelB := two.WithCancel(tree.Named(a, "two"))
		defer cancelB()
		c, cancelC := one.WithCancel(b)
		defer cancelC()
		for ctx, paths := range map[context.Context][2]string{a: {"one", ""}, b: {"one", "two"}, c: {"one/a", "two"}} {
			require.Equal(t, paths, [2]string{one.Path(ctx), two.Path(ctx)})
		}
		cancel()
		synctest.Wait()
		// Who is told from outside is told by a goroutine, which may be before cancel has returned.
		require.Contains(t, []string{
			"one    cancel            #1 canceled\n└── a  cancel (adopted)  ~2 from outside\n",
			"one    cancel            #2 canceled\n└── a  cancel (adopted)  ~1 from outside\n",
		}, one.String())
		require.Equal(t, "two  cancel (adopted)  ~1 from outside\n", two.String())
	})
}

func TestFunctionOfAfterFunc(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := tree.New(tree.Options{Log: 100})
		root, cancel := tr.WithCancel(context.Background())
		release := make(chan struct{})
		var group sync.WaitGroup
		group.Add(1)
		tr.AfterFunc(root, func() {
			defer group.Done()
			<-release
		})
		stop := tr.AfterFunc(root, func() {})
		require.True(t, stop())
		require.False(t, stop())
		cancel()
		synctest.Wait()
		require.Equal(t, ""+
			"root   cancel     #2 canceled\n"+
			"├── a  afterfunc  ~3 called\n"+
			"└── b  afterfunc  #1 stopped\n", tr.String())
		require.Equal(t, timeline.NotExist, tr.Snapshot().Find("root/b").State)
		close(release)
		group.Wait()
	})
}

// line returns the line of its caller, nextLine the one below, as a Node's MadeAt has it.
func line() string { return at(0) }

func nextLine() string { return at(1) }

func at(offset int) string {
	_, file, line, _ := runtime.Caller(2)
	return fmt.Sprintf("%s:%d", filepath.Base(file), line+offset)
}

// TestFunctionOutlivesItsContext: those above a function that has not been started stay in the
// picture until it is, and not longer.
func TestFunctionOutlivesItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := tree.New(tree.Options{Keep: -1})
		root, cancel := tr.WithCancel(context.Background())
		defer cancel()
		a, cancelA := tr.WithCancel(root)
		b, cancelB := tr.WithCancel(a)
		defer cancelB()
		tr.AfterFunc(b, func() {})
		cancelA()
		synctest.Wait()
		require.Equal(t, "root  cancel  live\n", tr.String())
	})
}

// TestSites: the line of the program and not of this package, whichever way.
func TestSites(t *testing.T) {
	usual := tree.Default
	defer func() { tree.Default = usual }()
	tree.Default = tree.New(tree.Options{Sites: true})
	tr, later := tree.Default, time.Now().Add(time.Hour)
	root, cancel := tr.WithCancel(context.Background())
	defer cancel()
	for _, row := range []struct {
		line string
		made
	}{
		{line(), plain(tr.WithCancel(root))},
		{line(), caused(tr.WithCancelCause(root))},
		{line(), plain(tr.WithDeadline(root, later))},
		{line(), plain(tr.WithDeadlineCause(root, later, nil))},
		{line(), plain(tr.WithTimeout(root, 1<<40))},
		{line(), plain(tr.WithTimeoutCause(root, 1<<40, nil))},
		{line(), made{ctx: tr.WithValue(root, key(0), 0)}},
		{line(), made{ctx: tr.WithoutCancel(root)}},
		{line(), plain(tree.WithCancel(root))},
		{line(), caused(tree.WithCancelCause(root))},
		{line(), plain(tree.WithDeadline(root, later))},
		{line(), plain(tree.WithDeadlineCause(root, later, nil))},
		{line(), plain(tree.WithTimeout(root, 1<<40))},
		{line(), plain(tree.WithTimeoutCause(root, 1<<40, nil))},
		{line(), made{ctx: tree.WithValue(root, key(0), 0)}},
		{line(), made{ctx: tree.WithoutCancel(root)}},
	} {
		var ended string
		switch cancel := row.cancel.(type) {
		case context.CancelFunc:
			ended = nextLine()
			cancel()
		case context.CancelCauseFunc:
			ended = nextLine()
			cancel(nil)
		}
		got := tr.Snapshot().Find(tr.Path(row.ctx))
		require.Equal(t, row.line, got.MadeAt)
		require.Equal(t, ended, got.EndedIn)
	}
	made := nextLine()
	stop := tr.AfterFunc(root, func() {})
	ended := nextLine()
	stop()
	last := tr.Snapshot()[0].Children
	require.Equal(t, made, last[len(last)-1].MadeAt)
	require.Equal(t, ended, last[len(last)-1].EndedIn)
}

// made is a context and, if it has one, its cancel function.
type made struct {
	ctx    context.Context
	cancel any
}

func plain(ctx context.Context, cancel context.CancelFunc) made       { return made{ctx, cancel} }
func caused(ctx context.Context, cancel context.CancelCauseFunc) made { return made{ctx, cancel} }

func TestTimes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := tree.New(tree.Options{Times: true})
		time.Sleep(time.Second)
		root, cancel := tr.WithCancel(context.Background())
		defer cancel()
		ctx, cancel := tr.WithTimeout(root, time.Minute)
		defer cancel()
		time.Sleep(time.Hour)
		got := tr.Snapshot().Find(tr.Path(ctx))
		require.Equal(t, time.Second, got.CreatedAt)
		require.Equal(t, time.Second+time.Minute, got.EndedAt)
		deadline, _ := ctx.Deadline()
		require.True(t, deadline.Equal(got.Deadline))
	})
}

func TestAsked(t *testing.T) {
	tr := tree.New(tree.Options{})
	root, cancel := tr.WithCancel(context.Background())
	defer cancel()
	_, cancel = tr.WithTimeout(root, time.Hour)
	defer cancel()
	require.False(t, tr.Snapshot().Find("root").Asked, "what the tree itself asks does not count")
	root.Done()
	require.True(t, tr.Snapshot().Find("root").Asked)
	require.False(t, tr.Snapshot().Find("root/a").Asked)
}

// TestEvents holds that the events are a timeline that can have happened, and the same for the
// sink and the log.
func TestEvents(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var sunk []timeline.Event
		tr := tree.New(tree.Options{Log: 100, Sink: func(e tree.Event) { sunk = append(sunk, e.Timeline()) }})
		root, cancel := tr.WithCancelCause(context.Background())
		value := tr.WithValue(root, key(0), 0)
		ctx, stop := tr.WithTimeout(tree.Named(root, "slow"), time.Second)
		defer stop()
		audit := tr.WithoutCancel(ctx)
		defer func() { runtime.KeepAlive(value); runtime.KeepAlive(audit) }() // or they would go before root ends
		defer tr.AfterFunc(ctx, func() {})()
		time.Sleep(2 * time.Second)
		cancel(errEnough)
		_, stop = tr.WithCancel(root)
		defer stop()

		var lines []string
		var board timeline.Board
		for _, e := range tr.Events() {
			require.NoError(t, board.Apply(e))
			lines = append(lines, e.String())
		}
		require.Equal(t, []string{
			"0s observed context:root NotExist->Live kind=cancel",
			"0s observed context:root/a NotExist->Live kind=value",
			"0s observed context:root/slow NotExist->Live kind=deadline",
			"0s observed context:root/slow/a NotExist->Live kind=withoutcancel",
			"0s observed context:root/slow/b NotExist->Live kind=afterfunc",
			`1s inferred context:root/slow Live->Canceled by=timer cause="context deadline exceeded"`,
			`1s inferred context:root/slow/b Live->Canceled by=parent cause="context deadline exceeded"`,
			"2s observed context:root Live->Canceled by=call cause=enough",
			"2s inferred context:root/a Live->Canceled by=parent cause=enough",
			"2s observed context:root/b NotExist->Live kind=cancel",
			"2s inferred context:root/b Live->Canceled by=parent cause=enough",
		}, lines)
		require.Equal(t, tr.Events(), sunk)
		tr.Forget()
		require.Empty(t, tr.Events())
	})
}

func TestLogIsBounded(t *testing.T) {
	tr := tree.New(tree.Options{Log: 3})
	for range 5 {
		tr.WithValue(context.Background(), key(0), 0)
	}
	var ids []string
	for _, e := range tr.Events() {
		ids = append(ids, e.Subject.ID)
	}
	require.Equal(t, []string{"root3", "root4", "root5"}, ids)
}

func TestLive(t *testing.T) {
	tr := tree.New(tree.Options{})
	root, cancel := tr.WithCancel(context.Background())
	defer cancel()
	a, cancelA := tr.WithCancel(root)
	value := tr.WithValue(a, key(0), 0)
	defer tr.AfterFunc(root, func() {})()
	var paths []string
	for v := range tr.Live() {
		paths = append(paths, v.Path())
		require.NoError(t, v.Context().Err())
		require.NotEmpty(t, tr.String(), "the tree may be used")
	}
	require.Equal(t, []string{"root", "root/a", "root/a/a", "root/b"}, paths)
	for v := range tr.Live() {
		require.Equal(t, "root", v.Path())
		require.Equal(t, tree.KindCancel, v.Kind())
		break
	}
	cancelA()
	require.Error(t, value.Err())
	paths = nil
	for v := range tr.Live() {
		paths = append(paths, v.Path())
	}
	require.Equal(t, []string{"root", "root/b"}, paths)
}
