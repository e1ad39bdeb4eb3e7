package howmany

// Predict has atomic accesses make an atomic count. Load and store are two steps, and somebody
// may come between them.
func Predict() Prediction {
	return Prediction{
		Lost:   []int64{4},
		Choose: []string{"closed", "full"},
		Ask:    5,
		Defer:  3,
		Drain:  2,
		Once:   1,
	}
}

// verdict: assert: as if atomic accesses made an atomic count
