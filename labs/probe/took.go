package probe

import (
	"testing"
	"time"
)

// Took calls f, and fails t at once if f did not take exactly want of the virtual time
// of the bubble that it is called in:
//
//	took 2s, want 1s: that is 1s too long
//	took 6s, want 2s: 3 times as long, as if one waited for the other
//	took 1s, want 2s: it was over 1s too early
//	took no time, want 2s: nothing was waited for
//
// In virtual time only waiting counts, not work: six jobs of a second done by three
// workers take 2s exactly, on a machine under any load. A goroutine that spins takes no
// time and makes no other time pass: that is a hang, and not seen here.
//
// Took does not say what f returned, nor whether it left somebody behind: see Bubble.
// Outside a bubble it panics.
func Took(t testing.TB, want time.Duration, f func()) {
	t.Helper()
	if ownBubble() == 0 {
		panic("probe: Took outside a bubble, where time is never exact")
	}
	start := time.Now()
	f()
	took := time.Since(start)
	switch {
	case took == want:
	case took == 0:
		t.Fatalf("took no time, want %v: nothing was waited for", want)
	case took < want:
		t.Fatalf("took %v, want %v: it was over %v too early", took, want, want-took)
	case want == 0:
		t.Fatalf("took %v, want no time at all: there was nothing to wait for", took)
	case took%want == 0:
		t.Fatalf("took %v, want %v: %d times as long, as if one waited for the other", took, want, took/want)
	default:
		t.Fatalf("took %v, want %v: that is %v too long", took, want, took-want)
	}
}
