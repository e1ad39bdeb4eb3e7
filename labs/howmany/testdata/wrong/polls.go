package howmany

// Predict takes default for a case among the others. It is what happens if no other can.
func Predict() Prediction {
	return Prediction{
		Lost:   []int64{2, 3, 4},
		Choose: []string{"closed", "default", "full"},
		Ask:    5,
		Defer:  3,
		Drain:  2,
		Once:   1,
	}
}

// verdict: assert: as if default were one case among the others
