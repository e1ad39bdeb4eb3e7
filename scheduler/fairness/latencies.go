package fairness

import (
	"math"
	"runtime/metrics"
	"time"
)

// latencies is what the runtime itself has to say: how long goroutines were runnable
// before they ran. It looks at every eighth time of each.
type latencies struct {
	sampled int64
	mean    time.Duration
	longest time.Duration // an upper bound for it
}

const latenciesName = "/sched/latencies:seconds"

// latenciesOf returns those during the work.
func latenciesOf(work func()) latencies {
	before := readLatencies()
	work()
	after := readLatencies()
	for i := range after.Counts {
		after.Counts[i] -= before.Counts[i]
	}
	return summary(after)
}

func readLatencies() *metrics.Float64Histogram {
	sample := []metrics.Sample{{Name: latenciesName}}
	metrics.Read(sample)
	return sample[0].Value.Float64Histogram()
}

// summary reads a histogram. Each sample counts as the middle of its bucket.
func summary(h *metrics.Float64Histogram) (l latencies) {
	sum := 0.0
	for i, count := range h.Counts {
		if count == 0 {
			continue
		}
		from, to := max(h.Buckets[i], 0), h.Buckets[i+1]
		if math.IsInf(to, 1) {
			to = from
		}
		l.sampled += int64(count)
		sum += float64(count) * (from + to) / 2
		l.longest = seconds(to)
	}
	if l.sampled > 0 {
		l.mean = seconds(sum / float64(l.sampled))
	}
	return l
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
