package book

import (
	"encoding/json"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"lab.example/gopark/internal/child"
	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/timeline"
)

func TestInline(t *testing.T) {
	for text, want := range map[string]string{
		"":                   "",
		"plain":              "plain",
		"a `b<c` d":          "a <code>b&lt;c</code> d",
		"`a` and `b`":        "<code>a</code> and <code>b</code>",
		"an odd ` quote":     "an odd ` quote",
		"<b>it's</b> `it's`": "&lt;b&gt;it’s&lt;/b&gt; <code>it&#39;s</code>",
	} {
		require.Equal(t, want, string(inline(text)))
	}
}

func TestQuestion(t *testing.T) {
	for text, want := range map[string][2]string{
		"Who runs first?":                      {"", "Who runs first?"},
		"One P. Ten goroutines. Who is first?": {"One P. Ten goroutines.", "Who is first?"},
		"It calls os.Exit(3). Which status?":   {"It calls os.Exit(3).", "Which status?"},
		"Really? Why?":                         {"Really?", "Why?"},
	} {
		require.Equal(t, want, [2]string{premise(text), question(text)})
	}
}

func TestNarrate(t *testing.T) {
	for line, want := range map[string]string{
		"12µs observed G7 Runnable->Running on=P0":                                 "goroutine 7 is running (before: Runnable): on P0",
		"0s observed G7 NotExist->Runnable":                                        "goroutine 7 is runnable",
		`0s inferred context:root/a Live->Canceled cause="boss said stop" by=root`: "context root/a is cancelled (before: Live): cause “boss said stop”, by root [inferred]",
		"3ms observed signal:SIGUSR1/kernel ->Pending count=1000":                  "kernel: signal SIGUSR1 is pending: count 1000",
		"3ms simulated signal:SIGUSR1/stopped/channel ->Dropped count=9":           "channel: signal SIGUSR1 stopped was dropped: count 9 [simulated]",
		"1ms observed process:receiver Running->Signaled signal=SIGKILL":           "process receiver was ended by a signal (before: Running): signal SIGKILL",
	} {
		e, err := timeline.Parse(line)
		require.NoError(t, err)
		require.Equal(t, want, narrate(e))
	}
}

func TestEveryStateHasWords(t *testing.T) {
	for kind, states := range timeline.States {
		require.NotEmpty(t, kindWords[kind], kind)
		for _, state := range states {
			require.NotEmpty(t, stateWords[state], state)
		}
	}
}

// The scripts and styles must know every state that the timeline has.
func TestEveryStateHasALook(t *testing.T) {
	shapes, err := static.ReadFile("static/shapes.js")
	require.NoError(t, err)
	colours, err := static.ReadFile("static/figure.css")
	require.NoError(t, err)
	for _, states := range timeline.States {
		for _, state := range states {
			require.Contains(t, string(shapes), "\n  "+string(state)+": ", state)
			require.Contains(t, string(colours), ".state-"+string(state), state)
		}
	}
}

func TestRound(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0s", 999: "999ns", 1234567: "1.23ms", 195_810_000: "196ms", 20_004_000_000: "20s", 12_345 * time.Microsecond: "12.3ms",
	} {
		require.Equal(t, want, round(d).String())
	}
}

// outputs returns what a journal holds as output, message by message.
func outputs(t *testing.T, j *journal) []outputMessage {
	t.Helper()
	entries, _, _ := j.since(0)
	var all []outputMessage
	for _, e := range entries {
		var m outputMessage
		require.Equal(t, "output", e.event)
		require.NoError(t, json.Unmarshal(e.data, &m))
		all = append(all, m)
	}
	return all
}

func TestOutputIsGathered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := newJournal()
		o := &output{journal: j}
		for range 1000 { // a byte a millisecond, for a second
			o.write(child.Stdout, []byte("x"))
			time.Sleep(time.Millisecond)
		}
		o.flush()
		all := outputs(t, j)
		require.LessOrEqual(t, len(all), 1+int(time.Second/outputRest))
		var text strings.Builder
		for _, m := range all {
			text.WriteString(m.Text)
		}
		require.Equal(t, strings.Repeat("x", 1000), text.String())
	})
}

func TestOutputArrivesWithoutMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := newJournal()
		o := &output{journal: j}
		o.write(child.Stdout, []byte("a"))
		o.write(child.Stdout, []byte("b")) // nothing follows, and no flush
		time.Sleep(outputRest)
		synctest.Wait()
		require.Equal(t, []outputMessage{{"stdout", "a"}, {"stdout", "b"}}, outputs(t, j))
	})
}

func TestOutputKeepsStreamsAndOrder(t *testing.T) {
	j := newJournal()
	o := &output{journal: j}
	o.write(child.Stdout, []byte("a"))
	o.write(child.Stdout, []byte("b"))
	o.write(child.Stderr, []byte("c"))
	o.write(child.Stdout, []byte(strings.Repeat("d", maxChunk+1)))
	o.flush()
	all := outputs(t, j)
	var joined strings.Builder
	for _, m := range all {
		require.LessOrEqual(t, len(m.Text), maxChunk)
		joined.WriteString(m.Stream[3:4] + m.Text)
	}
	require.Equal(t, "oaobecod"+strings.Repeat("d", maxChunk-1)+"od", joined.String())
}

// Characters are not torn, however the bytes arrive.
func TestOutputKeepsCharactersWhole(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		text := rapid.StringOf(rapid.RuneFrom([]rune("aé→😀\n"))).Draw(rt, "text")
		j := newJournal()
		o := &output{journal: j}
		for rest := []byte(text); len(rest) > 0; {
			n := rapid.IntRange(1, len(rest)).Draw(rt, "n")
			o.write(child.Stdout, rest[:n])
			rest = rest[n:]
		}
		o.flush()
		var got strings.Builder
		for _, m := range outputs(t, j) {
			got.WriteString(m.Text)
		}
		require.Equal(rt, text, got.String())
	})
}

func TestJournalIsBounded(t *testing.T) {
	j := newJournal()
	for range maxMessages + 5 {
		j.add(noteMessage{"x"})
	}
	j.close(&resultMessage{Verdict: "supported"})
	entries, last, _ := j.since(0)
	require.True(t, last)
	require.Len(t, entries, maxMessages+1)
	var m resultMessage
	require.NoError(t, json.Unmarshal(entries[maxMessages].data, &m))
	require.Equal(t, 5, m.Dropped)

	j = newJournal()
	for range 2 * maxJournalBytes >> 20 {
		j.add(noteMessage{strings.Repeat("x", 1<<20)})
	}
	j.close(&resultMessage{})
	entries, _, _ = j.since(0)
	require.LessOrEqual(t, len(entries), maxJournalBytes>>20+1)

	for _, n := range []int{-1, 1 << 40} { // what a page may claim to have seen
		_, _, changed := j.since(n)
		require.NotNil(t, changed)
	}
}

func TestImpossibleEventsAreSaid(t *testing.T) {
	var board timeline.Board
	event := func(from, to timeline.State) eventMessage {
		return newEventMessage(timeline.Event{Provenance: timeline.Observed, Subject: timeline.G(1), From: from, To: to}, &board)
	}
	require.Empty(t, event(timeline.NotExist, timeline.Runnable).Impossible)
	m := event(timeline.Waiting, timeline.Running)
	require.Equal(t, "G1 cannot leave state Waiting: it is Runnable", m.Impossible)
	require.Equal(t, "Runnable", m.State)
}

func TestValuesKeepTheirDigits(t *testing.T) {
	m := newValueMessage(experiment.Value{Name: "/seed:number", V: int64(9007199254740993)})
	require.Equal(t, valueMessage{Name: "/seed:number", Path: "seed", Unit: "number", Text: "9007199254740993"}, m)
}
