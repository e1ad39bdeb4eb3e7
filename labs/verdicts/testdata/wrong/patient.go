package verdicts

// Predict calls it a hang. A hang is when the time was up and nobody knows why; here it can be
// seen that nobody will ever go on.
func Predict() Prediction {
	return Prediction{
		Waits:   "hang",
		Leaves:  "leak",
		Loses:   "assert",
		Closes:  "panic",
		Unlocks: "fatal",
		Writes:  "race",
		Exits:   "exit",
	}
}

// verdict: assert: as if nobody could tell who waits for ever
