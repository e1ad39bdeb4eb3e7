package book

import (
	"fmt"
	"slices"
	"strings"

	"lab.example/gopark/internal/exercise"
)

// judgesPage is the content of judges.html: the kill matrix.
type judgesPage struct {
	Labs    int
	Kills   int
	Verdict []verdictTally // most frequent first
	Alone   []detectorTally
	Tracks  []judgesTrack
}

type verdictTally struct {
	Verdict string
	Count   int
}

// detectorTally says how many wrong answers a detector finds out, and how many nobody
// else does.
type detectorTally struct {
	Name  string
	Finds int
	Only  int
}

type judgesTrack struct {
	Name string
	Labs []judgesLab
}

type judgesLab struct {
	Lab
	Rows []killRow
}

type killRow struct {
	exercise.Kill
	Detectors []string // what each finds, in the order of the columns; "" is nothing
	By        string   // those that find it: "go vet, tests"
	Narration string   // the row in words
}

// detectors are the columns of the matrix.
var detectors = []string{"compiler", "go vet", "tests", "race detector"}

// finds returns what each detector makes of a wrong answer.
func finds(k exercise.Kill) []string {
	compiler := ""
	if k.Verdict == "build" {
		compiler = "build"
	}
	return []string{compiler, k.Vet, k.Tests, k.Race}
}

func (s *Server) judges() judgesPage {
	page := judgesPage{Alone: make([]detectorTally, len(detectors))}
	for i, name := range detectors {
		page.Alone[i].Name = name
	}
	for _, lab := range s.notebook.Labs {
		if len(lab.Kills) == 0 {
			continue
		}
		page.Labs++
		if n := len(page.Tracks); n == 0 || page.Tracks[n-1].Name != lab.Track {
			page.Tracks = append(page.Tracks, judgesTrack{Name: lab.Track})
		}
		shown := judgesLab{Lab: lab}
		for _, k := range lab.Kills {
			shown.Rows = append(shown.Rows, page.add(k))
		}
		last := &page.Tracks[len(page.Tracks)-1]
		last.Labs = append(last.Labs, shown)
	}
	slices.SortStableFunc(page.Verdict, func(a, b verdictTally) int { return b.Count - a.Count })
	return page
}

// add counts one wrong answer.
func (p *judgesPage) add(k exercise.Kill) killRow {
	p.Kills++
	i := slices.IndexFunc(p.Verdict, func(v verdictTally) bool { return v.Verdict == k.Verdict })
	if i < 0 {
		i = len(p.Verdict)
		p.Verdict = append(p.Verdict, verdictTally{Verdict: k.Verdict})
	}
	p.Verdict[i].Count++
	row := killRow{Kill: k, Detectors: finds(k)}
	var by []int
	var who, words []string
	for i, found := range row.Detectors {
		if found != "" {
			by = append(by, i)
			who = append(who, detectors[i])
			words = append(words, fmt.Sprintf("%s: %s", detectors[i], found))
			p.Alone[i].Finds++
		}
	}
	if len(by) == 1 {
		p.Alone[by[0]].Only++
	}
	row.By = strings.Join(who, ", ")
	row.Narration = fmt.Sprintf("%s, found by %s", k.Name, strings.Join(words, ", "))
	return row
}
