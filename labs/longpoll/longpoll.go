// Package longpoll asks: when does a consumer that pulls ask again?
//
// Ask a server for messages, over and over: at once if there is reason to, and else later
// and later, but never too late. Read longpoll.go (what is given), then write Run in
// answer.go until the tests in longpoll_test.go pass.
package longpoll

import (
	"context"
	"time"
)

// Server has messages, and is asked for them.
type Server interface {
	// Ask returns the messages that there are. If there are none, it holds the question
	// until one comes, for the time called hold at most, and then returns none. It returns
	// soon after the end of ctx. A server that cannot be reached returns an error, at once or
	// after a while; so does one that is to hold a question for longer than it can.
	//
	// Messages that Ask has returned, it will not return again: also those it returns at the
	// end of ctx.
	Ask(ctx context.Context, hold time.Duration) ([]string, error)
}

// Rules say when to ask. All times are more than 0.
type Rules struct {
	Hold  time.Duration  // the longest that the server holds a question
	First time.Duration  // the first pause
	Most  time.Duration  // the longest pause, not less than First; it may be years
	Rand  func() float64 // a random number from 0 to less than 1; for one goroutine at a time
}

// Runner is what Run must be. It asks server until ctx ends, one question at a time:
//
//  1. Run hands Ask ctx, or a context derived from it that does not end as long as the server
//     may hold the question, and rules.Hold. Whatever messages it returns are handed to
//     handle, each once, one after another, in their order: also if two are the same, also if
//     there is an error as well, and also if ctx has ended.
//  2. Then, when handle has returned, it asks again. It does so at once, without any pause, if
//     there were messages, or if there were neither messages nor an error and the server had
//     held the question for Hold. That is a good answer. There is no limit to the number of
//     answers in a row, good or bad.
//  3. Every other answer is a bad one: any error without messages, or nothing at all sooner
//     than after Hold, from a server that holds no questions. After the n-th bad answer in a
//     row there is a pause. Its length p is First doubled n-1 times, but not more than Most,
//     however large n is; of that, Run waits p/2 + r*p/2, where r is what rules.Rand returned,
//     called once for each pause. To a microsecond that is the time from the answer to the next
//     question. The first good answer ends the row.
//  4. When ctx has ended, Run asks no more. A pause ends with it, at that moment. The
//     result is context.Cause(ctx); there is no other end. If ctx has ended before the call,
//     nothing is asked.
//  5. handle may take its time, and is not stopped. When Run has returned, it is not at work, no
//     question is asked, and no goroutine that Run started is left.
//
// Run may be called many times, also at the same time.
type Runner func(ctx context.Context, server Server, rules Rules, handle func(message string)) error

var _ Runner = Run
