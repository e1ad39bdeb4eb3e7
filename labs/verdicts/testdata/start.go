package verdicts

// Predict says what the judge finds.
//
// The first two are filled in for you, and one of them is right. The others are yours.
func Predict() Prediction {
	return Prediction{
		Waits:   "deadlock",
		Leaves:  "pass",
		Loses:   "",
		Closes:  "",
		Unlocks: "",
		Writes:  "",
		Exits:   "",
	}
}
