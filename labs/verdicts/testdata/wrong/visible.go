package verdicts

// Predict expects a data race to show in the result. Here it never does, and it is one.
func Predict() Prediction {
	return Prediction{
		Waits:   "deadlock",
		Leaves:  "leak",
		Loses:   "assert",
		Closes:  "panic",
		Unlocks: "fatal",
		Writes:  "assert",
		Exits:   "exit",
	}
}

// verdict: assert: as if a data race had to show in the result
