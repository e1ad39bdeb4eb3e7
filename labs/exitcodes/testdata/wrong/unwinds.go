package exitcodes

// Predict has a signal run what was deferred. The kernel ends the process, and not a line of
// its code runs after that.
func Predict() Prediction {
	return Prediction{
		Returns:   0,
		Panics:    2,
		Elsewhere: 2,
		Unlocks:   2,
		Goexits:   2,
		Exits:     0,
		LastWord:  3,
		Killed:    1,
	}
}

// verdict: assert: as if a signal ran what has been deferred
