package verdicts

// Predict says what the judge finds.
func Predict() Prediction {
	return Prediction{
		Waits:   "deadlock",
		Leaves:  "leak",
		Loses:   "assert",
		Closes:  "panic",
		Unlocks: "fatal",
		Writes:  "race",
		Exits:   "exit",
	}
}
