package exitcodes

// Predict has the program wait for its goroutines. When main returns, nobody else is asked.
func Predict() Prediction {
	return Prediction{
		Returns:   2,
		Panics:    2,
		Elsewhere: 2,
		Unlocks:   2,
		Goexits:   2,
		Exits:     0,
		LastWord:  3,
		Killed:    128 + 15,
	}
}

// verdict: assert: as if a program waited for its goroutines
