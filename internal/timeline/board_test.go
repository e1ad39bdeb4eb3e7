package timeline

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func kinds() []Kind { return slices.Sorted(maps.Keys(States)) }

// snapshot is all that a board says.
func snapshot(b *Board) map[Subject]State {
	states := make(map[Subject]State)
	for _, s := range b.Subjects() {
		states[s] = b.State(s)
	}
	return states
}

func TestBoardFollowsEvents(t *testing.T) {
	var b Board
	require.Empty(t, b.Subjects())
	require.Empty(t, b.State(G(1)))
	for _, line := range []string{
		"0s observed G1 ->Running on=P0",
		"1s observed G2 NotExist->Runnable by=G1",
		"2s observed G1 Running->Waiting",
		"2s observed P0 Running->Idle", // the first event of P0: its past is not known
		"3s observed G2 ->Running",     // an observer who missed what G2 was before
		"4s observed G2 Running->NotExist",
	} {
		e, err := Parse(line)
		require.NoError(t, err)
		require.NoError(t, b.Apply(e), line)
	}
	require.Equal(t, []Subject{G(1), G(2), P(0)}, b.Subjects())
	require.Equal(t, map[Subject]State{G(1): Waiting, G(2): NotExist, P(0): Idle}, snapshot(&b))
}

func TestBoardRefusesWhatCannotHaveHappened(t *testing.T) {
	for message, lines := range map[string]string{
		"G1 cannot leave state Waiting: it is Running":      "0s observed G1 ->Running\n1s observed G1 Waiting->Runnable",
		"G1 cannot leave state Running: it is NotExist":     "0s observed G1 Running->NotExist\n1s observed G1 Running->Waiting",
		"P0 cannot leave state Idle: it is Running":         "0s observed P0 Idle->Running\n1s observed P0 Idle->Running",
		"context:a cannot leave state Live: it is Canceled": "0s inferred context:a Live->Canceled\n1s inferred context:a Live->Canceled",
	} {
		var b Board
		first, second, _ := strings.Cut(lines, "\n")
		e, err := Parse(first)
		require.NoError(t, err)
		require.NoError(t, b.Apply(e))
		before := snapshot(&b)

		e, err = Parse(second)
		require.NoError(t, err)
		require.EqualError(t, b.Apply(e), message)
		require.Equal(t, before, snapshot(&b))
	}
}

func TestBoardRefusesInvalidEvents(t *testing.T) {
	var b Board
	require.Error(t, b.Apply(Event{}))
	require.Error(t, b.Apply(Event{Provenance: Observed, Subject: G(1), To: Idle}))
	require.Empty(t, b.Subjects(), "a refused subject is not on the board")
}

// Against a model: the board refuses exactly the events that contradict what it was
// told before, and a refusal leaves no mark.
func TestBoardAgreesWithModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var (
			b     Board
			order []Subject
			model = make(map[Subject]State)
		)
		subjects := []Subject{G(1), G(2), P(1)}
		for range rapid.IntRange(0, 30).Draw(t, "events") {
			e := Event{Provenance: Observed, Subject: rapid.SampledFrom(subjects).Draw(t, "subject")}
			states := States[e.Subject.Kind]
			e.From = rapid.SampledFrom(append([]State{""}, states...)).Draw(t, "from")
			e.To = rapid.SampledFrom(states).Draw(t, "to")

			now, seen := model[e.Subject]
			err := b.Apply(e)
			if seen && e.From != "" && e.From != now {
				require.Error(t, err)
			} else {
				require.NoError(t, err)
				model[e.Subject] = e.To
				if !seen {
					order = append(order, e.Subject)
				}
			}
			require.Equal(t, model, snapshot(&b))
			require.Equal(t, order, b.Subjects())
		}
	})
}
