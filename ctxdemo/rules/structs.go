package rules

import (
	"context"
	"fmt"
	"net/http"
)

const (
	canceled = "context canceled"
	works    = "works"
)

var structs = []program{
	{"the client keeps the first request's context; the second request calls", keptTooLong, canceled},
	{"the same, in time; the caller has given up", notHeard, works},
	{"the client gets a context with each call; the second request calls", passed, works},
	{"the same; the caller has given up", passedDead, canceled},
	{"a struct that is the call: http.Request, and its WithContext", request, "the copy: context canceled, the request: <nil>"},
	{"as the last parameter, and by another name", last, canceled},
}

// keeping is a client that keeps a context.
type keeping struct{ ctx context.Context }

func (c keeping) call() error { return fetch(c.ctx) }

// asking is a client that is given one with each call.
type asking struct{}

func (asking) call(ctx context.Context) error { return fetch(ctx) }

// fetch stands for anything that takes a context.
func fetch(ctx context.Context) error { return ctx.Err() }

func keptTooLong() string {
	first, end := context.WithCancel(context.Background())
	client := keeping{first}
	end()

	second, end := context.WithCancel(context.Background())
	defer end()
	_ = second // there is nowhere to put it
	return say(client.call())
}

func notHeard() string {
	first, end := context.WithCancel(context.Background())
	defer end()
	client := keeping{first}

	second, giveUp := context.WithCancel(context.Background())
	giveUp()
	_ = second
	return say(client.call())
}

func passed() string {
	first, end := context.WithCancel(context.Background())
	var client asking
	_ = client.call(first)
	end()

	second, end := context.WithCancel(context.Background())
	defer end()
	return say(client.call(second))
}

func passedDead() string {
	second, giveUp := context.WithCancel(context.Background())
	giveUp()
	var client asking
	return say(client.call(second))
}

// request is the exception: the struct lives as long as the call, and it is not changed. A
// context is put into a copy.
func request() string {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, "http://localhost/", nil)
	if err != nil {
		return err.Error()
	}
	other := req.WithContext(ctx)
	cancel()
	return fmt.Sprintf("the copy: %v, the request: %v", other.Context().Err(), req.Context().Err())
}

func last() string {
	request, cancel := context.WithCancel(context.Background())
	cancel()
	return say(search("gopher", request))
}

func search(_ string, c context.Context) error { return fetch(c) }

func say(err error) string {
	if err == nil {
		return works
	}
	return err.Error()
}
