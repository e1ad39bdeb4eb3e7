package howmany

// Predict has a goroutine end when nobody wants its answer. It does not know, and waits.
func Predict() Prediction {
	return Prediction{
		Lost:   []int64{2, 3, 4},
		Choose: []string{"closed", "full"},
		Ask:    0,
		Defer:  3,
		Drain:  2,
		Once:   1,
	}
}

// verdict: assert: as if a goroutine ended when nobody wants
