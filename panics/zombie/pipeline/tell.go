package main

import (
	"context"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// teller says what happens, a line each, to whoever started the consumer.
type teller func(format string, args ...any)

// tellOn writes each line at once: the process may end at any moment.
func tellOn(w io.Writer) teller {
	return func(format string, args ...any) { fmt.Fprintf(w, format+"\n", args...) }
}

// fetching is told when a consumer has decided where it starts.
const fetching = "fetching"

// heartbeating is told when the broker has answered a heartbeat.
const heartbeating = "heartbeat"

// told is a hook of a client that tells of its first fetch and of every heartbeat.
type told struct {
	tell  teller
	first sync.Once
}

var (
	_ kgo.HookBrokerWrite = (*told)(nil)
	_ kgo.HookBrokerE2E   = (*told)(nil)
)

// OnBrokerWrite implements kgo.HookBrokerWrite.
func (t *told) OnBrokerWrite(_ kgo.BrokerMetadata, key int16, _ int, _, _ time.Duration, err error) {
	if key == kmsg.Fetch.Int16() && err == nil {
		t.first.Do(func() { t.tell(fetching) })
	}
}

// OnBrokerE2E implements kgo.HookBrokerE2E.
func (t *told) OnBrokerE2E(_ kgo.BrokerMetadata, key int16, e2e kgo.BrokerE2E) {
	if key == kmsg.Heartbeat.Int16() && e2e.Err() == nil {
		t.tell(heartbeating)
	}
}

// latch is how far a consumer has come with something, to wait for.
type latch struct {
	mu      sync.Mutex
	offset  int64
	changed chan struct{} // closed and replaced when offset changes
}

func newLatch() *latch { return &latch{changed: make(chan struct{})} }

// committed is a kgo.AutoCommitCallback.
func (l *latch) committed(_ *kgo.Client, request *kmsg.OffsetCommitRequest, _ *kmsg.OffsetCommitResponse, err error) {
	if err != nil {
		return
	}
	for _, t := range request.Topics {
		for _, p := range t.Partitions {
			l.reach(p.Offset)
		}
	}
}

// reach lets go whoever waits for an offset that is not above this one.
func (l *latch) reach(offset int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.offset = offset
	close(l.changed)
	l.changed = make(chan struct{})
}

// await returns when at least offset has been reached, or ctx ends.
func (l *latch) await(ctx context.Context, offset int64) {
	for {
		at, changed := l.at()
		if at >= offset {
			return
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return
		}
	}
}

// at returns how far it has come, and what is closed when that changes.
func (l *latch) at() (offset int64, changed <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.offset, l.changed
}
