package howmany

// Predict has a Once try again after a panic. For it, a call that did not return is over, too.
func Predict() Prediction {
	return Prediction{
		Lost:   []int64{2, 3, 4},
		Choose: []string{"closed", "full"},
		Ask:    5,
		Defer:  3,
		Drain:  2,
		Once:   3,
	}
}

// verdict: assert: as if what has panicked had not been done
