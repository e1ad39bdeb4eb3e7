package exitcodes

// Predict takes the end of the main goroutine for the end of the program. Only a return of main
// is; Goexit leaves the others to go on, and here there are none.
func Predict() Prediction {
	return Prediction{
		Returns:   0,
		Panics:    2,
		Elsewhere: 2,
		Unlocks:   2,
		Goexits:   0,
		Exits:     0,
		LastWord:  3,
		Killed:    128 + 15,
	}
}

// verdict: assert: as if the end of the main goroutine were always the end
