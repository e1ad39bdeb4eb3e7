package verdicts

// Predict is content when the test has what it wanted. One that answered still stands there.
func Predict() Prediction {
	return Prediction{
		Waits:   "deadlock",
		Leaves:  "pass",
		Loses:   "assert",
		Closes:  "panic",
		Unlocks: "fatal",
		Writes:  "race",
		Exits:   "exit",
	}
}

// verdict: assert: as if a goroutine that nobody waits for did not count
