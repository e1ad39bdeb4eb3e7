package exitcodes

// Predict has the main goroutine recover for all. Each goroutine has only its own deferred
// functions to save it.
func Predict() Prediction {
	return Prediction{
		Returns:   0,
		Panics:    2,
		Elsewhere: 0,
		Unlocks:   2,
		Goexits:   2,
		Exits:     0,
		LastWord:  3,
		Killed:    128 + 15,
	}
}

// verdict: assert: as if one goroutine could recover what another panics with
