package howmany

// Predict counts defer statements. What counts is how often one has been executed.
func Predict() Prediction {
	return Prediction{
		Lost:   []int64{2, 3, 4},
		Choose: []string{"closed", "full"},
		Ask:    5,
		Defer:  1,
		Drain:  2,
		Once:   1,
	}
}

// verdict: assert: as if a defer statement counted once
