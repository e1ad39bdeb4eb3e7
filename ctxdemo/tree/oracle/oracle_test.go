package oracle

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// child returns the child of c that ctx is.
func child(t *testing.T, c *Context, ctx context.Context) *Context {
	t.Helper()
	want, err := Of(ctx)
	require.NoError(t, err)
	for _, k := range c.Children {
		if k.ID == want.ID {
			return k
		}
	}
	require.Fail(t, "not a child")
	return nil
}

func TestOfReadsWhatIsThere(t *testing.T) {
	cause := errors.New("enough")
	root, cancelRoot := context.WithCancelCause(context.Background())
	defer cancelRoot(nil)
	value := context.WithValue(root, t, "x")
	a, cancelA := context.WithCancelCause(value)
	defer cancelA(nil)
	b, cancelB := context.WithTimeout(root, time.Hour)
	defer cancelB()
	stop := context.AfterFunc(a, func() { t.Log("never") })

	got, err := Of(value)
	require.NoError(t, err)
	require.Equal(t, "cancelCtx", got.Type)
	require.Len(t, got.Children, 2)
	require.NoError(t, got.Err)
	require.NoError(t, got.Cause)
	require.True(t, got.Asked, "to derive is to ask")

	realA, realB := child(t, got, a), child(t, got, b)
	require.Equal(t, "timerCtx", realB.Type)
	require.False(t, realB.Asked)
	require.Len(t, realA.Children, 1)
	require.Equal(t, "afterFuncCtx", realA.Children[0].Type)
	require.True(t, strings.HasSuffix(realA.Children[0].Func, "oracle.TestOfReadsWhatIsThere.func1"), realA.Children[0].Func)

	require.True(t, stop())
	cancelA(cause)
	got, err = Of(root)
	require.NoError(t, err)
	require.Len(t, got.Children, 1, "a cancelled child is removed")
	dead, err := Of(a)
	require.NoError(t, err)
	require.Equal(t, context.Canceled, dead.Err)
	require.Equal(t, cause, dead.Cause)
	require.Empty(t, dead.Children)
}

func TestOfWhereThereIsNothing(t *testing.T) {
	root := t.Context()
	for _, ctx := range []context.Context{context.Background(), context.TODO(), context.WithoutCancel(root)} {
		got, err := Of(ctx)
		require.NoError(t, err)
		require.Nil(t, got)
	}
}

// While others derive and cancel, every node that is read was there.
func TestOfDuringChurn(t *testing.T) {
	root := t.Context()
	var over atomic.Bool
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			for !over.Load() {
				a, cancelA := context.WithCancel(root)
				_, cancelB := context.WithCancel(a)
				cancelA()
				cancelB()
			}
		})
	}
	for range 200 {
		got, err := Of(root)
		require.NoError(t, err)
		require.LessOrEqual(t, len(got.Children), 2)
	}
	over.Store(true)
	wg.Wait()
	got, err := Of(root)
	require.NoError(t, err)
	require.Empty(t, got.Children)
}

// Structs that are a little different from what is expected.
type (
	renamed   struct{ Context, Lock any }
	missing   struct{ Context context.Context }
	retyped   struct{ Context *int }
	surplus   struct{ Context, Mu, Extra int }
	notStruct int
)

func TestUnknownLayoutIsRefused(t *testing.T) {
	require.NoError(t, Supported())
	want := layout{{"Context", "context.Context"}, {"mu", "sync.Mutex"}}
	for reason, instance := range map[string]any{
		"oracle.renamed has Context interface {} where Context context.Context is expected": &renamed{},
		"oracle.missing has no field mu":                                            &missing{},
		"oracle.retyped has Context *int where Context context.Context is expected": &retyped{},
		"oracle.notStruct is not a pointer to a struct":                             notStruct(0),
	} {
		err := checkType(reflect.TypeOf(instance), want)
		require.ErrorContains(t, err, "unknown layout: ")
		require.ErrorContains(t, err, reason)
	}
	err := checkType(reflect.TypeFor[*surplus](), layout{{"Context", "int"}, {"Mu", "int"}})
	require.ErrorContains(t, err, "oracle.surplus has a field Extra that is not known")
}
