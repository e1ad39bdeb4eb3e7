package book

import (
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/exercise"
)

// The page counts who finds what, and who finds what nobody else does.
func TestJudges(t *testing.T) {
	lab := func(name, track string, kills ...exercise.Kill) Lab {
		return Lab{Name: name, Track: track, Title: name, Kills: kills}
	}
	s := &Server{notebook: Notebook{Labs: []Lab{
		lab("gate", "doors",
			exercise.Kill{Name: "open", Verdict: "assert", Tests: "assert"},
			exercise.Kill{Name: "racy", Verdict: "race", Tests: "assert", Race: "race"},
			exercise.Kill{Name: "copied", Verdict: "vet", Vet: "vet"}),
		lab("fence", "doors", exercise.Kill{Name: "torn", Verdict: "race", Race: "race"}),
		lab("bare", "walls"),
		lab("roof", "walls", exercise.Kill{Name: "unfinished", Verdict: "build"}),
	}}}
	page := s.judges()
	require.Equal(t, 3, page.Labs, "one has no wrong answers")
	require.Equal(t, 5, page.Kills)
	require.Equal(t, []detectorTally{
		{"compiler", 1, 1}, {"go vet", 1, 1}, {"tests", 2, 1}, {"race detector", 2, 1},
	}, page.Alone)
	require.Equal(t, verdictTally{"race", 2}, page.Verdict[0], "the most frequent one first")
	require.Len(t, page.Tracks, 2)
	require.Len(t, page.Tracks[0].Labs, 2)
	racy := page.Tracks[0].Labs[0].Rows[1]
	require.Equal(t, "tests, race detector", racy.By)
	require.Equal(t, "racy, found by tests: assert, race detector: race", racy.Narration)
}
