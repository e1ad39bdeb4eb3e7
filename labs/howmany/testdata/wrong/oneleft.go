package howmany

// Predict thinks that all but one count can be lost. Whoever stores last has loaded what was
// there some time before: for a 1 that would be the 0 of the beginning. But before that load
// it has made its own first count.
func Predict() Prediction {
	return Prediction{
		Lost:   []int64{1, 2, 3, 4},
		Choose: []string{"closed", "full"},
		Ask:    5,
		Defer:  3,
		Drain:  2,
		Once:   1,
	}
}

// verdict: assert: as if nothing could be left of one who counts two
