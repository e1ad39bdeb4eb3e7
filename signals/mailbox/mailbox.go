// Package mailbox asks: who asks a message queue for type -2, what does he get?
//
// queue_linux.go is the queue: four system calls, and who makes them. namespace_linux.go
// sees to it that no queue outlives the experiment. post_linux.go takes messages in all ways
// (takings) and runs into everything that one can run into (mishaps), waiting_linux.go while
// it waits. check compares with the lists. The taking that is asked about is drawn (drawer).
// The page tells why.
package mailbox

import (
	"context"
	"embed"
	"fmt"
	"strconv"
	"strings"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/timeline"
)

//go:embed page.md *.go testdata
var files embed.FS

// Experiment is the claim that a negative type takes the lowest type first.
var Experiment = &experiment.Experiment{
	ID:       "signals/mailbox",
	Question: "A System V message queue holds messages of the types 3, 2, 4, 1, 2, 1, sent in this order. A program calls msgrcv with type -2 again and again. Which types does it get?",
	Choices: []experiment.Choice{
		{
			Text:    "2, 1, 2, 1: those of the types up to 2, in the order in which they were sent.",
			Because: "These are the right messages. But a negative type does not mean first come, first served: it makes a priority queue, and 1 is more urgent than 2.",
		},
		{
			Text:    "2, 2: the sign does not matter, the type does.",
			Because: "With type 2 that would be right. The sign is there to say something else: not this type, but all up to this one.",
		},
		{
			Text:    "1, 1, 2, 2: the lowest type first, however late it was sent.",
			True:    true,
			Because: "Among the types up to 2 the lowest goes first; among those of one type, the oldest. The others stay in the queue.",
		},
		{
			Text:    "3, 4, 1, 1: everything but type 2.",
			Because: "There is a flag for that, MSG_EXCEPT, together with the positive type.",
		},
	},
	Run:    run,
	Actors: map[string]experiment.Body{"post": post},
	Check:  check,
	Needs:  experiment.Needs{Linux: true},
	Claims: []string{"S19", "S20"},
	Files:  files,
}

type observed struct {
	Capacity int64            `obs:"/queue/capacity:bytes"` // of the texts in one queue, by default
	Longest  int64            `obs:"/text/longest:bytes"`   // of one message
	Taken    experiment.Table `obs:"/taken:rows"`
	Mishaps  experiment.Table `obs:"/mishaps:rows"`
}

func run(ctx context.Context, r *experiment.Recorder) error {
	// The runtime interrupts threads by signals, too. On a busy machine one of these could
	// meet a call on its way in.
	a, err := r.Start(ctx, "post", "GODEBUG=asyncpreemptoff=1")
	if err != nil {
		return err
	}
	_, err = a.Wait()
	return err
}

// sent is what the queue holds each time: type and name of each message.
var sent = []string{"3a", "2b", "4c", "1d", "2e", "1f"}

// taking is one way of taking messages until there is none that fits.
type taking struct {
	typ    int
	except bool // MSG_EXCEPT

	takes, leaves string
}

var takings = []taking{
	{typ: 0, takes: "3a 2b 4c 1d 2e 1f"},
	{typ: 2, takes: "2b 2e", leaves: "3a 4c 1d 1f"},
	{typ: -2, takes: "1d 1f 2b 2e", leaves: "3a 4c"},
	{typ: -4, takes: "1d 1f 2b 2e 3a 4c"},
	{typ: -9, takes: "1d 1f 2b 2e 3a 4c"},
	{typ: 9, leaves: "3a 2b 4c 1d 2e 1f"},
	{typ: 2, except: true, takes: "3a 4c 1d 1f", leaves: "2b 2e"},
	{typ: 9, except: true, takes: "3a 2b 4c 1d 2e 1f"},
	{typ: -2, except: true, takes: "1d 1f 2b 2e", leaves: "3a 4c"},
	{typ: 0, except: true, takes: "3a 2b 4c 1d 2e 1f"},
}

func takenHeader() []string { return []string{"type", "flags", "taken, in order", "left"} }

func (t taking) row() []string { return []string{fmt.Sprint(t.typ), t.flags(), t.takes, t.leaves} }

func (t taking) flags() string {
	if t.except {
		return "MSG_EXCEPT"
	}
	return ""
}

// isDrawn reports whether a taking is the one that the question is about.
func (t taking) isDrawn() bool { return t.typ == -2 && !t.except }

// queued is a flag that is up while a message is in the queue.
func queued(message string) timeline.Subject {
	return timeline.Subject{Kind: timeline.Flag, ID: "queued/" + message}
}

// drawer returns a function that draws a message as it is put into the queue, or taken.
// Each is numbered.
func drawer(r *experiment.Recorder) func(message string, in bool) {
	sent, taken := 0, 0
	return func(message string, in bool) {
		e := timeline.Event{At: r.Since(), Provenance: timeline.Observed, Subject: queued(message)}
		if in {
			sent++
			e.From, e.To = timeline.Clear, timeline.Set
			e.Attrs = []timeline.Attr{{Key: "sent", Value: strconv.Itoa(sent)}}
		} else {
			taken++
			e.From, e.To = timeline.Set, timeline.Clear
			e.Attrs = []timeline.Attr{{Key: "taken", Value: strconv.Itoa(taken)}}
		}
		r.Event(e)
	}
}

func mishapsHeader() []string { return []string{"call", "outcome"} }

// outcomes says how the calls end that do not simply succeed.
func outcomes(capacity int64) map[string]string {
	return map[string]string{
		"msgsnd: type 0":                                 "EINVAL",
		"msgsnd: type -1":                                "EINVAL",
		"msgsnd: the longest text":                       "success",
		"msgsnd: a byte longer":                          "EINVAL",
		"msgsnd: IPC_NOWAIT, 1024 bytes each":            fmt.Sprint(capacity/1024, " messages, then EAGAIN"),
		"msgsnd: IPC_NOWAIT, no bytes":                   fmt.Sprint(capacity, " messages, then EAGAIN"),
		"msgrcv: IPC_NOWAIT, no message":                 "ENOMSG",
		"msgrcv: 5 bytes, room for 3":                    "E2BIG, and it stays",
		"msgrcv: 5 bytes, room for 3, MSG_NOERROR":       "abc, and the rest is lost",
		"msgget: no such key":                            "ENOENT",
		"msgget: IPC_CREAT IPC_EXCL, key exists":         "EEXIST",
		"msgrcv: waits, the queue is removed":            "EIDRM",
		"msgsnd: waits for room, the queue is removed":   "EIDRM",
		"msgrcv: the queue has been removed":             "EINVAL",
		"msgrcv: waits, SIGUSR1 is caught":               "EINTR",
		"msgsnd: waits for room, SIGUSR1 is caught":      "EINTR",
		"msgrcv: waits, SIGUSR1 is ignored":              "waits, then success",
		"msgsnd: waits for room, SIGUSR1 is ignored":     "waits, then success",
		"msgrcv: waits for type 1, a type 2 is sent":     "waits, then success",
		"msgsnd: waits for room, a message is received":  "success",
		"msgsnd: mode 0600, another user":                "EACCES",
		"msgrcv: mode 0600, another user":                "EACCES",
		"msgsnd: mode 0602, another user":                "success",
		"msgrcv: mode 0602, another user":                "EACCES",
		"msgctl: IPC_RMID, mode 0666, another user":      "EPERM",
		"msgrcv: mode 0200, its owner":                   "EACCES",
		"msgrcv: mode 0200, its owner has CAP_IPC_OWNER": "success",
	}
}

// notMeasured is in place of an outcome, with the reason, where nobody can make the call.
const notMeasured = "not measured here: "

// isMissing reports whether the row says so, of a call that only root can have made.
func isMissing(row []string) bool {
	privileged := strings.HasSuffix(row[0], "another user") || strings.HasSuffix(row[0], "CAP_IPC_OWNER")
	return privileged && strings.HasPrefix(row[1], notMeasured)
}

func check(o experiment.Observations) error {
	var seen observed
	if err := o.Decode(&seen); err != nil {
		return err
	}
	taken := experiment.Table{Header: takenHeader()}
	for _, t := range takings {
		taken.Rows = append(taken.Rows, t.row())
	}
	if err := seen.Taken.Equals(taken, 2); err != nil {
		return err
	}
	mishaps := experiment.Table{Header: mishapsHeader()}
	for call, want := range outcomes(seen.Capacity) {
		if row := seen.Mishaps.Row(call); row != nil && isMissing(row) {
			want = row[1]
		}
		mishaps.Add(call, want)
	}
	return seen.Mishaps.Equals(mishaps, 1)
}
