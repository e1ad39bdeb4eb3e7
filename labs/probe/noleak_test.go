package probe

import (
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"
)

// What NoLeak finds is tested in probetest, in the folder of an answer.

func TestNoLeakInABubble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		require.PanicsWithValue(t, "probe: NoLeak in a bubble, which looks for leaks by itself", func() { NoLeak(t) })
	})
}

func BenchmarkNoLeak(b *testing.B) {
	for b.Loop() {
		said(func(t testing.TB) { NoLeak(t) })
	}
}
