package durable

import (
	"fmt"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/redpacket"
	"lab.example/gopark/redpacket/grab/grabtest"
	"lab.example/gopark/redpacket/grab/recipe"
)

// BenchmarkGrab is users of whom each comes once, by how many goroutines ask at a time, and how
// many of them share a sync of the disk.
func BenchmarkGrab(b *testing.B) {
	for _, goroutines := range []int{1, 8, 64, 1000} {
		b.Run(fmt.Sprint("goroutines=", goroutines), func(b *testing.B) {
			n := b.N
			l, err := Open(filepath.Join(b.TempDir(), "log"), redpacket.Params{N: n, Min: 1, Max: 80, Sum: 40 * int64(n)})
			require.NoError(b, err)
			defer l.Close()
			before := l.syncs
			b.ResetTimer()
			err = grabtest.Everybody(goroutines, n, func(user string) error {
				_, err := l.Grab(b.Context(), user)
				return err
			})
			b.StopTimer()
			require.NoError(b, err)
			require.Zero(b, l.Left())
			b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "grabs/s")
			b.ReportMetric(float64(n)/float64(l.syncs-before), "grabs/sync")
		})
	}
}

// BenchmarkOpen is a log with many grants in it, of groups of one, which is the slowest.
func BenchmarkOpen(b *testing.B) {
	const n = 100_000
	p := redpacket.Params{N: n, Min: 1, Max: 80, Sum: 40 * n}
	d := formatted(b, 1, p)
	var h header
	require.NoError(b, h.decode(d.cache))
	for i := range n {
		g := newGroup(i)
		g.add("user" + strconv.Itoa(i))
		d.cache = append(d.cache, g.encode(h.secret())...)
	}
	for b.Loop() {
		l, err := recoverLog(newDisk(1, d.cache), recipe.Wish{Params: p})
		require.NoError(b, err)
		require.Zero(b, l.Left())
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/grant")
}
