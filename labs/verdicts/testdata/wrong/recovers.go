package verdicts

// Predict trusts the recover of another goroutine.
func Predict() Prediction {
	return Prediction{
		Waits:   "deadlock",
		Leaves:  "leak",
		Loses:   "assert",
		Closes:  "pass",
		Unlocks: "fatal",
		Writes:  "race",
		Exits:   "exit",
	}
}

// verdict: assert: as if one goroutine could recover what another panics with
