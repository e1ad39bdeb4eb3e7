// Package unread asks: who reads the results that nobody asked for?
//
// A client for a message broker takes messages through one channel and says through two
// others what has become of them. If nobody reads those, it soon takes nothing any more. Put
// something around it that can be called like a function. Read unread.go (what is given), then write
// New in answer.go until the tests in unread_test.go pass.
package unread

import (
	"context"
	"errors"
)

// Client is how asynchronous producers of messages look, for Kafka for example. It works on
// many messages at the same time, but not on any number of them: a message of which nobody has
// received the outcome yet takes up room, and when there is no room left it takes nothing out
// of Input.
type Client interface {
	// Input is where messages are put in. It has no room of its own.
	Input() chan<- *Message
	// Successes and Errors hand out every message that was taken, once, when its outcome is
	// known, in any order. They have no room of their own, and one of them waits for its reader
	// whatever the other does.
	Successes() <-chan *Message
	Errors() <-chan *Failure
	// AsyncClose begins to close the client, and returns. It closes Input: who sends to it then,
	// or is waiting to, panics. When the last outcome has been received, Successes and
	// Errors are closed. It must not be called twice.
	AsyncClose()
}

// Message is what is put in, and the same pointer comes out again.
type Message struct {
	Key, Value string
	Mark       any // for whoever puts it in; the client does not touch it
}

// Failure is a message that could not be delivered.
type Failure struct {
	Message *Message
	Err     error
}

// ErrClosed is what Send returns when the producer is closed.
var ErrClosed = errors.New("producer is closed")

// Producer is what New returns, around a client that nobody else uses. Its methods may be
// called by any number of goroutines at the same time:
//
//  1. Send puts a message of its own in and returns when the outcome of this very message is
//     known, however long that takes: nil, or the error in its Failure, that very value. Two
//     messages may have the same key and the same value.
//  2. A Send that waits, for room or for its outcome, keeps no other message from being put in, and
//     no other outcome from reaching the one who waits for it. There may be any number of them.
//  3. When ctx ends, Send returns the cause of ctx at once. If the message has not been taken
//     by then, it is never put in; if ctx had ended before the call, neither. The outcome of
//     one that had been taken is received all the same, and nobody is told.
//  4. Close closes the producer. A Send that is called afterwards returns ErrClosed, and puts
//     nothing in. So does, at once, one whose message has not been taken. Those whose message
//     has been taken get their outcome.
//  5. Close returns when all outcomes have been received and the client has closed its
//     channels, also if nobody waits for these outcomes any more. It may be called again, also
//     while another call has not returned: all of them return then, and not before. The client
//     is closed once.
//  6. When Close has returned, no goroutine that New or a method started is left.
type Producer interface {
	Send(ctx context.Context, key, value string) error
	Close()
}

var _ func(Client) Producer = New
