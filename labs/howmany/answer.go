package howmany

// Predict says what can happen.
func Predict() Prediction {
	return Prediction{
		Lost:   []int64{2, 3, 4},
		Choose: []string{"closed", "full"},
		Ask:    5,
		Defer:  3,
		Drain:  2,
		Once:   1,
	}
}
