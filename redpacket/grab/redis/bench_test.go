package redis

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/redpacket"
	"lab.example/gopark/redpacket/grab/grabtest"
)

// BenchmarkGrab is users of whom each comes once, by how many goroutines ask at a time and whether
// the server forgets, and what a user takes in its memory.
func BenchmarkGrab(b *testing.B) {
	for _, kind := range []struct {
		name string
		args []string
	}{{"memory", nil}, {"always", durable()}} {
		for _, goroutines := range []int{1, 8, 64, 1000} {
			b.Run(fmt.Sprintf("%s/goroutines=%d", kind.name, goroutines), func(b *testing.B) {
				n := b.N
				c := start(b, kind.args...).client(b)
				e := opened(b, c, "key", redpacket.Params{N: n, Min: 1, Max: 80, Sum: 40 * int64(n)})
				b.ResetTimer()
				err := grabtest.Everybody(goroutines, n, func(user string) error {
					_, err := e.Grab(b.Context(), user)
					return err
				})
				b.StopTimer()
				require.NoError(b, err)
				left, err := e.Left(b.Context())
				require.NoError(b, err)
				require.Zero(b, left)
				size, err := c.Do(b.Context(), c.B().MemoryUsage().Key("key").Samples(0).Build()).AsInt64()
				require.NoError(b, err)
				b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "grabs/s")
				b.ReportMetric(float64(size)/float64(n), "bytes/user")
			})
		}
	}
}
