package howmany

// Predict leaves one program out. Its field is 0, which nobody has thought of.
func Predict() Prediction {
	return Prediction{
		Lost:   []int64{2, 3, 4},
		Choose: []string{"closed", "full"},
		Ask:    5,
		Defer:  3,
		Drain:  2,
	}
}

// verdict: assert: Once: nothing is predicted yet: answer.go leaves it out
