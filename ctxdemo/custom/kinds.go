package custom

import "context"

// law is what becomes of the children of a context.
type law int

const (
	known   law = iota // they cost nothing, and cancel cancels them before it returns
	unknown            // each has a goroutine, and is cancelled when that runs
	through            // they cost nothing, but a goroutine above them must run first
	never              // they cost nothing, and are not cancelled
)

// kind is a way to make a context. cancel is the whole of its end.
type kind struct {
	name string
	law  law
	make func() (ctx context.Context, cancel context.CancelFunc)
}

// kinds are all of them. To try another one, write its type and add its line.
var kinds = []kind{
	{"native: what WithCancel returns", known, native},
	{"native, in WithValue", known, in(withValue, native)},
	{"a struct that embeds it", known, in(embedded, native)},
	{"a struct that embeds it, with an Err of its own", known, in(deny, native)},
	{"a struct that embeds it, with a Value that passes on what it does not know", known, in(know, native)},
	{"a struct that embeds it, with a Done that returns the same channel", known, in(wrapDone, native)},

	{"a struct that embeds it, with a Done of its own", unknown, ownDone},
	{"a struct that embeds it, with a Value that passes on nothing", unknown, in(hide, native)},
	{"the same, in WithValue", unknown, in(withValue, in(hide, native))},
	{"the same, in WithCancel", through, belowHidden},

	{"a type with an AfterFunc method", known, newHelpful},
	{"that type, in WithValue", unknown, in(withValue, newHelpful)},
	{"that type, in a struct that embeds it as a Context", unknown, in(embedded, newHelpful)},
	{"that type, in a struct that embeds it as itself", known, in(promote, newHelpful)},

	{"Background", never, func() (context.Context, context.CancelFunc) { return context.Background(), func() {} }},
	{"native, in WithoutCancel", never, in(context.WithoutCancel, native)},
}

func native() (context.Context, context.CancelFunc) {
	return context.WithCancel(context.Background())
}

// in makes a context and puts it in another one.
func in(wrap func(context.Context) context.Context, make func() (context.Context, context.CancelFunc)) func() (context.Context, context.CancelFunc) {
	return func() (context.Context, context.CancelFunc) {
		ctx, cancel := make()
		return wrap(ctx), cancel
	}
}

type key struct{}

func withValue(c context.Context) context.Context { return context.WithValue(c, key{}, 1) }

// embeds adds nothing.
type embeds struct{ context.Context }

func embedded(c context.Context) context.Context { return embeds{c} }

// denies tells another story about its end.
type denies struct{ context.Context }

func deny(c context.Context) context.Context { return denies{c} }

func (denies) Err() error { return nil }

// knows answers for a key of its own, and asks the inner context for the others.
type knows struct{ context.Context }

func know(c context.Context) context.Context { return knows{c} }

func (k knows) Value(asked any) any {
	if asked == (key{}) {
		return "alice"
	}
	return k.Context.Value(asked)
}

// hides answers for a key of its own, and forgets the others.
type hides struct{ context.Context }

func hide(c context.Context) context.Context { return hides{c} }

func (hides) Value(asked any) any {
	if asked == (key{}) {
		return "alice"
	}
	return nil
}

// wraps has a Done that returns what it got.
type wraps struct{ context.Context }

func wrapDone(c context.Context) context.Context { return wraps{c} }

func (w wraps) Done() <-chan struct{} { return w.Context.Done() }

// traced has a Done of its own.
type traced struct {
	context.Context
	done chan struct{}
}

func (t traced) Done() <-chan struct{} { return t.done }

func ownDone() (context.Context, context.CancelFunc) {
	inner, cancel := native()
	t := traced{inner, make(chan struct{})}
	return t, func() {
		cancel()
		close(t.done)
	}
}

// belowHidden costs a goroutine itself. For its own children it is native.
func belowHidden() (context.Context, context.CancelFunc) {
	inner, cancel := native()
	ctx, leave := context.WithCancel(hide(inner))
	context.AfterFunc(ctx, leave)
	return ctx, cancel
}
