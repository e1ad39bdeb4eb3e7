package deep

import (
	"context"
	"fmt"
	"runtime"
	"time"

	"lab.example/gopark/internal/experiment"
)

// text is what it costs to print a context that has so many above it.
type text struct {
	Depths []int64 `obs:"/text/depths:levels"`
	Length []int64 `obs:"/text/length:bytes"`
	Alloc  []int64 `obs:"/text/allocated:bytes"`
	Time   []int64 `obs:"/text/time:ns"` // the best of some rounds; not judged
}

// depths are doubled each time.
var depths = []int64{100, 200, 400, 800, 1600}

const rounds = 5

func measureText() (seen text) {
	seen.Depths = depths
	ctx, level := context.Background(), int64(0)
	for _, depth := range depths {
		for ; level < depth; level++ {
			var cancel context.CancelFunc
			ctx, cancel = context.WithCancel(ctx)
			defer cancel()
		}
		printed, alloc, took := price(ctx)
		seen.Length = append(seen.Length, int64(len(printed)))
		seen.Alloc = append(seen.Alloc, alloc)
		seen.Time = append(seen.Time, took)
	}
	return seen
}

// price prints ctx a few times and returns the least of each: what disturbs makes it more.
func price(ctx context.Context) (printed string, alloc, nanos int64) {
	for i := range rounds {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		begin := time.Now()
		printed = fmt.Sprint(ctx)
		took := time.Since(begin).Nanoseconds()
		runtime.ReadMemStats(&after)
		grown := int64(after.TotalAlloc - before.TotalAlloc)
		if i == 0 {
			alloc, nanos = grown, took
		}
		alloc, nanos = min(alloc, grown), min(nanos, took)
	}
	return printed, alloc, nanos
}

func (t text) table() experiment.Table {
	table := experiment.Table{Header: []string{"levels", "length of the text", "bytes allocated for it", "time"}}
	for i, d := range t.Depths {
		table.Add(d, t.Length[i], t.Alloc[i], time.Duration(t.Time[i]).Round(time.Microsecond))
	}
	return table
}

// check holds that four times the depth is four times the text, and clearly more than four
// times the bytes for it: sixteen times, but for what is the same at every depth.
func (t text) check() error {
	last := len(t.Depths) - 1
	if last < 2 || len(t.Length) != last+1 || len(t.Alloc) != last+1 || t.Depths[last] != 4*t.Depths[last-2] {
		return fmt.Errorf("text: %d depths, %d lengths, %d allocations: want three or more, each twice the one before",
			len(t.Depths), len(t.Length), len(t.Alloc))
	}
	long, short := t.Length[last], t.Length[last-2]
	dear, cheap := t.Alloc[last], t.Alloc[last-2]
	switch {
	case long < 3*short || long > 5*short:
		return experiment.Refuted("the text of %d levels has %d bytes, that of four times as many %d", t.Depths[last-2], short, long)
	case dear < 12*cheap:
		return experiment.Refuted("the text of %d levels took %d bytes, that of four times as many %d: less than the square", t.Depths[last-2], cheap, dear)
	}
	return nil
}
