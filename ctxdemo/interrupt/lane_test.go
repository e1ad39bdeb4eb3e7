package interrupt

import (
	"context"
	"testing"
)

// BenchmarkCut is what it costs that an operation can be cut, around one that does nothing: the
// hook of a lane, beside what a function with a context would do.
func BenchmarkCut(b *testing.B) {
	nothing := func() (int, error) { return 0, nil }
	for _, mode := range []IOMode{LegacyIO, CloseIO, DeadlineIO} {
		b.Run("mode="+mode.String(), func(b *testing.B) {
			b.ReportAllocs()
			l := &lane{h: New("bench"), mode: mode, op: "read"}
			for b.Loop() {
				if _, err := l.do(nothing); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("context.AfterFunc", func(b *testing.B) {
		b.ReportAllocs()
		ctx, cancel := context.WithCancel(b.Context())
		defer cancel()
		for b.Loop() {
			stop := context.AfterFunc(ctx, func() {})
			_, _ = nothing()
			stop()
		}
	})
}
