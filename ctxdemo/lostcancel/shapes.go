package lostcancel

// shape is a function of testdata/shapes.go.
type shape struct {
	name string // of the function
	what string // becomes of the cancel function
	vet  string // what go vet must say: reported or silent
	left string // how many contexts must be left on the parent
}

// shapes are all of them: those that go vet reports, those that it does not, and two that
// lose nothing.
var shapes = []shape{
	{"blank", "thrown away: ctx, _ :=", reported, "1"},
	{"deadline", "thrown away, of WithDeadline", reported, "1"},
	{"path", "not called before an early return", reported, "1"},
	{"cause", "the same, of WithCancelCause", reported, "1"},
	{"timeoutCause", "the same, of WithTimeoutCause", reported, "1"},

	{"assigned", "thrown away in two steps: _ = cancel", silent, "1"},
	{"wrapped", "thrown away, but a function of our own returned it", silent, "1"},
	{"notify", "thrown away, but it is the stop of signal.NotifyContext", silent, "1"},
	{"afterFunc", "thrown away, but it is the stop of context.AfterFunc", silent, "1"},
	{"field", "kept in a field that nobody reads", silent, "1"},
	{"global", "kept in a package variable that nobody reads", silent, "1"},
	{"deadClosure", "only called in a closure, which is not called", silent, "1"},
	{"reassigned", "overwritten by the next one, and that is called", silent, "1"},
	{"loop", "deferred in a loop of three, which has not ended", silent, "3"},
	{"panics", "not called before a panic, and the caller recovers", silent, "1"},

	{"expired", "not called, but the context has expired", reported, "0"},
	{"deferred", "deferred: what should be done", silent, "0"},
}
