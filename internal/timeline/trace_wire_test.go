package timeline

import (
	"bytes"
	"encoding/binary"
	"testing"

	"github.com/stretchr/testify/require"
)

// Traces written by hand say what no program can be made to say, or not every time.
// They use the wire format of Go 1.26: internal/trace/tracev2/events.go.
const (
	evEventBatch        = 1  // section, thread, time, length, events
	evFrequency         = 8  // ticks per second
	evProcStart         = 10 // dt, P, sequence number of the P
	evProcSteal         = 12 // dt, P, sequence number of the P, thread that had it
	evProcStatus        = 13 // dt, P, status
	evGoStart           = 16 // dt, G, sequence number of the G
	evGoUnblock         = 21 // dt, G, sequence number of the G, stack
	evGoSyscallBegin    = 22 // dt, sequence number of the P, stack
	evGoSyscallEndBlock = 24 // dt
	evGoStatus          = 25 // dt, G, thread, status
	evSync              = 50
	evClockSnapshot     = 51 // dt, three times
	evEndOfGeneration   = 52

	procRunning, procIdle = 1, 2
	goRunning, goWaiting  = 2, 4
	noThread              = ^uint64(0)
)

const traceHeader = "go 1.26 trace\x00\x00\x00"

// thread is what one thread wrote: events, each with its arguments. They start at
// one nanosecond; every dt is counted from the event before.
type thread [][]uint64

// section writes one section of a trace, with threads 1, 2, ...
func section(number uint64, threads ...thread) []byte {
	var section []byte
	batch := func(m uint64, events ...[]uint64) {
		var data []byte
		for _, e := range events {
			data = append(data, uvarints(e...)...)
		}
		section = append(section, uvarints(evEventBatch, number, m, 1, uint64(len(data)))...)
		section = append(section, data...)
	}
	for i, events := range threads {
		batch(uint64(i+1), events...)
	}
	batch(noThread, []uint64{evSync}, []uint64{evFrequency, 1e9}, []uint64{evClockSnapshot, 0, 0, 0, 0})
	return append(section, evEndOfGeneration)
}

func uvarints(values ...uint64) (data []byte) {
	for _, v := range values {
		data = binary.AppendUvarint(data, v)
	}
	return data
}

func fromSections(sections ...[]byte) (string, error) {
	data := append([]byte(traceHeader), bytes.Join(sections, nil)...)
	events, err := FromTrace(bytes.NewReader(data), nil)
	return text(events), err
}

// G7 wakes G8 and goes into a system call that takes long, so its P is taken from
// thread 1 and handed to thread 2, which runs G8 on it.
func TestFromTraceSaysWhoDidWhatWhere(t *testing.T) {
	got, err := fromSections(section(1, thread{
		{evProcStatus, 9, 0, procRunning},
		{evGoStatus, 10, 7, 1, goRunning},
		{evGoStatus, 10, 8, noThread, goWaiting},
		{evGoUnblock, 10, 8, 1, 0},
		{evGoSyscallBegin, 10, 1, 0},
		{evGoSyscallEndBlock, 150},
	}, thread{
		{evProcSteal, 99, 0, 2, 1},
		{evProcStart, 10, 0, 3},
		{evGoStart, 10, 8, 2},
	}))
	require.NoError(t, err)
	require.Equal(t, `0s observed P0 ->Running on=M1
10ns observed G7 ->Running on=P0
20ns observed G8 ->Waiting
30ns observed G8 Waiting->Runnable on=P0 by=G7
40ns observed G7 Running->Syscall on=P0
90ns observed P0 Running->Idle
100ns observed P0 Idle->Running on=M2
110ns observed G8 Runnable->Running on=P0
190ns observed G7 Syscall->Runnable
`, got)
}

func TestFromTraceLeavesOutRepetitions(t *testing.T) {
	first := section(1, thread{{evProcStatus, 1, 0, procRunning}, {evProcStatus, 1, 1, procIdle}})
	again := section(2, thread{{evProcStatus, 9, 0, procRunning}, {evProcStatus, 1, 1, procIdle}})

	got, err := fromSections(first, again)
	require.NoError(t, err)
	require.Equal(t, "0s observed P0 ->Running on=M1\n1ns observed P1 ->Idle\n", got)
}

func TestFromTraceReturnsWhatCameBeforeTheDamage(t *testing.T) {
	first := section(1, thread{{evProcStatus, 1, 0, procRunning}, {evProcStatus, 1, 1, procIdle}})
	second := section(2, thread{{evProcStatus, 9, 0, procRunning}, {evProcStatus, 1, 1, procIdle}})
	want := "0s observed P0 ->Running on=M1\n1ns observed P1 ->Idle\n"
	for n := range second {
		got, err := fromSections(first, second[:n])
		require.Equal(t, want, got)
		if n == 0 {
			require.NoError(t, err, "cut between two sections, it cannot be told from a whole one")
		} else {
			require.Error(t, err, "cut at byte %d of the second section", n)
		}
	}

	impossible := section(2, thread{{evProcStatus, 9, 0, procRunning}, {evProcStart, 1, 1, 1}})
	got, err := fromSections(first, impossible)
	require.ErrorContains(t, err, "read trace: broken trace")
	require.NotContains(t, err.Error(), "\n", "the reader's dump is cut off")
	require.Equal(t, want, got)
}

func TestFromTraceRefusesAnUnknownState(t *testing.T) {
	const goBad = 0
	got, err := fromSections(section(1, thread{
		{evProcStatus, 1, 0, procRunning},
		{evGoStatus, 1, 7, noThread, goBad},
	}))
	require.EqualError(t, err, "read trace: unknown state of Goroutine(7)")
	require.Equal(t, "0s observed P0 ->Running on=M1\n", got)
}

// The reader checks only the low byte of the status of a P, and panics on the rest.
func TestFromTraceTurnsPanicsIntoErrors(t *testing.T) {
	got, err := fromSections(section(1, thread{
		{evProcStatus, 1, 0, procRunning},
		{evProcStatus, 1, 1, 256 + procIdle},
	}))
	require.ErrorContains(t, err, "read trace: damaged trace: runtime error: index out of range")
	require.Equal(t, "0s observed P0 ->Running on=M1\n", got)
}
