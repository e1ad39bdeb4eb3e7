package mailbox

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"lab.example/gopark/internal/experiment"
)

// post does everything with message queues that is in the lists.
func post(ctx context.Context, r *experiment.Recorder) error {
	if in, err := alone(); !in {
		return err
	}
	capacity, err := limit("msgmnb")
	if err != nil {
		return err
	}
	longest, err := limit("msgmax")
	if err != nil {
		return err
	}
	if longest != longestByDefault {
		return experiment.Unmet("a message may have %d bytes here, not %d as by default", longest, longestByDefault)
	}
	taken := experiment.Table{Header: takenHeader()}
	for _, t := range takings {
		moved := func(string, bool) {}
		if t.isDrawn() {
			moved = drawer(r)
		}
		if t.takes, t.leaves, err = t.try(moved); err != nil {
			return fmt.Errorf("take by type %d %s: %w", t.typ, t.flags(), err)
		}
		row := t.row()
		taken.Add(row[0], row[1], row[2], row[3])
	}
	failed := experiment.Table{Header: mishapsHeader()}
	for _, m := range mishaps {
		outcome, err := m.try(ctx)
		if err != nil {
			return fmt.Errorf("%s: %w", m.call, err)
		}
		failed.Add(m.call, outcome)
	}
	r.Record(observed{int64(capacity), int64(longest), taken, failed})
	return nil
}

// try takes messages by the type until there is none that fits, and then what is left. It
// calls moved for each that is put in, and for each that is taken by the type.
func (t taking) try(moved func(message string, in bool)) (takes, leaves string, err error) {
	q, err := newQueue()
	if err != nil {
		return "", "", err
	}
	defer q.remove()
	for _, m := range sent {
		typ, _ := strconv.Atoi(m[:1])
		if err := q.send(typ, m[1:], ipcNoWait); err != nil {
			return "", "", err
		}
		moved(m, true)
	}
	flags := 0
	if t.except {
		flags = msgExcept
	}
	taken, err := q.drain(t.typ, flags, func(message string) { moved(message, false) })
	if err != nil {
		return "", "", err
	}
	left, err := q.drain(0, 0, func(string) {})
	return strings.Join(taken, " "), strings.Join(left, " "), err
}

// drain receives until there is no message that fits, and calls took for each.
func (q queue) drain(typ, flags int, took func(message string)) (all []string, err error) {
	for {
		got, text, err := q.receive(typ, 1, flags|ipcNoWait)
		if errors.Is(err, unix.ENOMSG) {
			return all, nil
		}
		if err != nil {
			return nil, err
		}
		message := fmt.Sprint(got, text)
		took(message)
		all = append(all, message)
	}
}

// mishap is a call that does not simply succeed, and how to get there. It has a queue of
// its own, which is empty.
type mishap struct {
	call string // as in outcomes
	do   func(ctx context.Context, q queue) (outcome string, err error)
}

// mishaps are all of them. To try another one, add it here and to outcomes.
var mishaps = []mishap{
	{"msgsnd: type 0", sending(0, "x")},
	{"msgsnd: type -1", sending(-1, "x")},
	{"msgsnd: the longest text", sending(1, strings.Repeat("x", longestByDefault))},
	{"msgsnd: a byte longer", sending(1, strings.Repeat("x", longestByDefault+1))},
	{"msgsnd: IPC_NOWAIT, 1024 bytes each", filling(1024)},
	{"msgsnd: IPC_NOWAIT, no bytes", filling(0)},
	{"msgrcv: IPC_NOWAIT, no message", receiving},
	{"msgrcv: 5 bytes, room for 3", tooLong},
	{"msgrcv: 5 bytes, room for 3, MSG_NOERROR", truncated},
	{"msgget: no such key", noSuchKey},
	{"msgget: IPC_CREAT IPC_EXCL, key exists", keyExists},
	{"msgrcv: waits, the queue is removed", waiting(receiver, queue.remove)},
	{"msgsnd: waits for room, the queue is removed", waiting(sender, queue.remove)},
	{"msgrcv: the queue has been removed", removed},
	{"msgrcv: waits, SIGUSR1 is caught", disturbing(receiver, caught)},
	{"msgsnd: waits for room, SIGUSR1 is caught", disturbing(sender, caught)},
	{"msgrcv: waits, SIGUSR1 is ignored", disturbing(receiver, ignored)},
	{"msgsnd: waits for room, SIGUSR1 is ignored", disturbing(sender, ignored)},
	{"msgrcv: waits for type 1, a type 2 is sent", disturbing(receiver, otherType)},
	{"msgsnd: waits for room, a message is received", waiting(sender, release)},
	{"msgsnd: mode 0600, another user", by(another, 0o600, put)},
	{"msgrcv: mode 0600, another user", by(another, 0o600, take)},
	{"msgsnd: mode 0602, another user", by(another, 0o602, put)},
	{"msgrcv: mode 0602, another user", by(another, 0o602, take)},
	{"msgctl: IPC_RMID, mode 0666, another user", by(another, 0o666, queue.remove)},
	{"msgrcv: mode 0200, its owner", by(mere, 0o200, take)},
	{"msgrcv: mode 0200, its owner has CAP_IPC_OWNER", by(mighty, 0o200, take)},
}

func (m mishap) try(ctx context.Context) (string, error) {
	q, err := newQueue()
	if err != nil {
		return "", err
	}
	defer q.remove() // an error: it has been removed
	return m.do(ctx, q)
}

func sending(typ int, text string) func(context.Context, queue) (string, error) {
	return func(_ context.Context, q queue) (string, error) {
		return outcomeOf(q.send(typ, text, ipcNoWait)), nil
	}
}

func filling(size int) func(context.Context, queue) (string, error) {
	return func(_ context.Context, q queue) (string, error) {
		n, err := q.fill(size)
		return fmt.Sprintf("%d messages, then %s", n, outcomeOf(err)), nil
	}
}

// fill sends messages until there is an error, and returns how many there was room for.
func (q queue) fill(size int) (n int, err error) {
	text := strings.Repeat("x", size)
	for {
		if err := q.send(1, text, ipcNoWait); err != nil {
			return n, err
		}
		n++
	}
}

func receiving(_ context.Context, q queue) (string, error) {
	_, _, err := q.receive(0, 1, ipcNoWait)
	return outcomeOf(err), nil
}

func tooLong(_ context.Context, q queue) (string, error) {
	if err := q.send(1, "abcde", 0); err != nil {
		return "", err
	}
	_, _, refused := q.receive(0, 3, ipcNoWait)
	_, text, err := q.receive(0, 5, ipcNoWait)
	if text != "abcde" {
		return "", fmt.Errorf("it is gone: %q, %w", text, err)
	}
	return outcomeOf(refused) + ", and it stays", err
}

func truncated(_ context.Context, q queue) (string, error) {
	if err := q.send(1, "abcde", 0); err != nil {
		return "", err
	}
	_, text, err := q.receive(0, 3, ipcNoWait|msgNoError)
	if err != nil {
		return outcomeOf(err), nil
	}
	if _, rest, err := q.receive(0, 5, ipcNoWait); !errors.Is(err, unix.ENOMSG) {
		return text + ", and then " + rest, err
	}
	return text + ", and the rest is lost", nil
}

// key is one that is free: the namespace is our own.
const key = 4711

func noSuchKey(context.Context, queue) (string, error) {
	_, err := get(key, 0)
	return outcomeOf(err), nil
}

func keyExists(context.Context, queue) (string, error) {
	q, err := get(key, ipcCreate|ipcExcl|0o600)
	if err != nil {
		return "", err
	}
	_, again := get(key, ipcCreate|ipcExcl|0o600)
	return outcomeOf(again), q.remove()
}

func removed(ctx context.Context, q queue) (string, error) {
	if err := q.remove(); err != nil {
		return "", err
	}
	return receiving(ctx, q)
}

func outcomeOf(err error) string {
	if errno, ok := errors.AsType[syscall.Errno](err); ok {
		return unix.ErrnoName(errno)
	}
	return "success"
}
