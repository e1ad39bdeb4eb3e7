package verdicts

// Predict calls every lost update a data race. All accesses are atomic, so memory is in order,
// and what was to be one step is two all the same.
func Predict() Prediction {
	return Prediction{
		Waits:   "deadlock",
		Leaves:  "leak",
		Loses:   "race",
		Closes:  "panic",
		Unlocks: "fatal",
		Writes:  "race",
		Exits:   "exit",
	}
}

// verdict: assert: as if every lost update were a data race
