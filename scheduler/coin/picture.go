package coin

import (
	"strconv"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/timeline"
)

// How many rounds of each build are drawn: enough to see one repeat itself, and the other
// not.
const (
	plainRounds = 2
	raceRounds  = 3
)

// draw shows rounds of a build. A program prints the order, not the times. In each round
// there are ten new goroutines, which have the numbers of those before them.
func draw(r *experiment.Recorder, build string, rounds [][]int64) {
	for k, order := range rounds {
		attrs := []timeline.Attr{{Key: "build", Value: build}, {Key: "round", Value: strconv.Itoa(k + 1)}}
		for _, i := range order {
			move := func(from, to timeline.State) {
				r.Event(timeline.Event{
					Provenance: timeline.Observed, Subject: timeline.G(int(i)), From: from, To: to, Attrs: attrs,
				})
			}
			move("", timeline.Running)
			move(timeline.Running, timeline.NotExist)
		}
	}
}
