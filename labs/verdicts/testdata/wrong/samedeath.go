package verdicts

// Predict takes a fatal error for a panic. It looks alike and has the same exit status, and a
// recover does nothing to it.
func Predict() Prediction {
	return Prediction{
		Waits:   "deadlock",
		Leaves:  "leak",
		Loses:   "assert",
		Closes:  "panic",
		Unlocks: "panic",
		Writes:  "race",
		Exits:   "exit",
	}
}

// verdict: assert: as if a fatal error were a panic
