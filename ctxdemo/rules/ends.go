package rules

import (
	"context"
	"fmt"
)

var ends = []program{
	{"work for the answer, derived from the request", derived, "context canceled, by alice"},
	{"work for the answer, derived from Background", detachedByMistake, "goes on for nobody, by <nil>"},
	{"a receipt to be sent afterwards, derived from the request", derived, "context canceled, by alice"},
	{"the same, derived from WithoutCancel of the request", afterwards, "goes on for nobody, by alice"},
}

// serve derives the context of some work from that of a request, ends the request, and says
// what becomes of the work, and for whom it was.
func serve(derive func(request context.Context) context.Context) string {
	request, end := context.WithCancel(context.WithValue(context.Background(), key{}, "alice"))
	work, stop := context.WithCancel(derive(request))
	defer stop()
	end()
	becomes := "goes on for nobody"
	if err := work.Err(); err != nil {
		becomes = err.Error()
	}
	return fmt.Sprintf("%s, by %v", becomes, work.Value(key{}))
}

func derived() string {
	return serve(func(request context.Context) context.Context { return request })
}

func detachedByMistake() string {
	return serve(func(context.Context) context.Context { return context.Background() })
}

func afterwards() string { return serve(context.WithoutCancel) }
