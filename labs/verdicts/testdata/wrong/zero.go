package verdicts

// Predict takes status 0 for success. It says that the process ended so, and nothing about tests
// that were to come.
func Predict() Prediction {
	return Prediction{
		Waits:   "deadlock",
		Leaves:  "leak",
		Loses:   "assert",
		Closes:  "panic",
		Unlocks: "fatal",
		Writes:  "race",
		Exits:   "pass",
	}
}

// verdict: assert: as if status 0 meant that the tests had passed
