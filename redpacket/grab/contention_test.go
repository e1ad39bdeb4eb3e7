package grab_test

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/redpacket"
	"lab.example/gopark/redpacket/grab"
	"lab.example/gopark/redpacket/grab/alternatives"
)

// BenchmarkContention is a table: each way to build an envelope, and how many goroutines empty
// it at once, each for users of its own who come once. The ns/grab are of the clock, for all of
// them together, in the best of the rounds: what disturbs one makes it longer. "pile" is what
// is left if nobody is remembered.
//
//	go test -run '^$' -bench Contention ./redpacket/grab
func BenchmarkContention(b *testing.B) {
	packet := redpacket.Params{N: 1 << 14, Min: 1, Max: 80, Sum: 40 << 14}
	names := make([]string, packet.N)
	for i := range names {
		names[i] = fmt.Sprintf("user-%08d", i)
	}
	b.Run("pile", func(b *testing.B) {
		eachCrowd(b, names, func() (func(string) error, func()) {
			pile, err := grab.NewPile(packet)
			require.NoError(b, err)
			return func(string) error { _, err := pile.Take(); return err }, func() {}
		})
	})
	for _, w := range alternatives.Ways() {
		b.Run(w.Name, func(b *testing.B) {
			eachCrowd(b, names, func() (func(string) error, func()) {
				e, err := w.New(packet, nil)
				require.NoError(b, err)
				return func(user string) error { _, err := e.Grab(context.Background(), user); return err }, e.Close
			})
		})
	}
}

// eachCrowd measures crowds of several sizes. make makes an envelope that has as many parts as
// there are names.
func eachCrowd(b *testing.B, names []string, make func() (grab func(string) error, end func())) {
	for _, crowd := range []int{1, 2, 8, 1000} {
		b.Run(fmt.Sprint("goroutines=", crowd), func(b *testing.B) {
			best := time.Hour
			for b.Loop() {
				b.StopTimer()
				grab, end := make()
				begin, done := gather(crowd, names, grab)
				runtime.GC() // not of what was made before, in between
				b.StartTimer()
				since := time.Now()
				close(begin)
				done.Wait()
				best = min(best, time.Since(since))
				b.StopTimer()
				end()
				b.StartTimer()
			}
			b.ReportMetric(float64(best.Nanoseconds())/float64(len(names)), "ns/grab")
			b.ReportMetric(0, "ns/op") // of a whole envelope: of no interest
		})
	}
}

// gather makes the goroutines that will grab, and returns when they are all there.
func gather(crowd int, names []string, grab func(string) error) (begin chan struct{}, done *sync.WaitGroup) {
	begin, done = make(chan struct{}), new(sync.WaitGroup)
	var ready sync.WaitGroup
	ready.Add(crowd)
	for i := range crowd {
		mine := names[i*len(names)/crowd : (i+1)*len(names)/crowd]
		done.Go(func() {
			ready.Done()
			<-begin
			for _, name := range mine {
				if err := grab(name); err != nil {
					panic(err)
				}
			}
		})
	}
	ready.Wait()
	return begin, done
}
