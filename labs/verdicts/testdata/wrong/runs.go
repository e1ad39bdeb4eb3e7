package verdicts

// Predict has a program run, and looks at what it returns. It does not think about it.
func Predict() Prediction {
	found := func(program func() error) string {
		if program() != nil {
			return "assert"
		}
		return "pass"
	}
	return Prediction{
		Waits:   "deadlock",
		Leaves:  "leak",
		Loses:   found(Loses),
		Closes:  "panic",
		Unlocks: "fatal",
		Writes:  "race",
		Exits:   "exit",
	}
}

// verdict: assert: a prediction is made by reading: answer.go:14 uses the program Loses itself
