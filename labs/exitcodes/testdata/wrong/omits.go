package exitcodes

// Predict names only what is not 0. What it does not name is not predicted: nobody knows
// whether it was thought about.
func Predict() Prediction {
	return Prediction{
		Panics:    2,
		Elsewhere: 2,
		Unlocks:   2,
		Goexits:   2,
		LastWord:  3,
		Killed:    128 + 15,
	}
}

// verdict: assert: Returns: nothing is predicted yet: answer.go leaves it out
