package exitcodes

// Predict has a status that is too large cut to the largest. The kernel keeps the lowest eight
// bits, and a failure looks like success.
func Predict() Prediction {
	return Prediction{
		Returns:   0,
		Panics:    2,
		Elsewhere: 2,
		Unlocks:   2,
		Goexits:   2,
		Exits:     255,
		LastWord:  3,
		Killed:    128 + 15,
	}
}

// verdict: assert: as if a status that is too large were cut to the largest
