package howmany

// Predict takes a closed channel for one that has nothing to give. It always gives: a zero,
// at once, for ever.
func Predict() Prediction {
	return Prediction{
		Lost:   []int64{2, 3, 4},
		Choose: []string{"full"},
		Ask:    5,
		Defer:  3,
		Drain:  2,
		Once:   1,
	}
}

// verdict: assert: as if a closed channel were never ready
