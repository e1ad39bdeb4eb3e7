package exitcodes

// Predict says how the programs end.
//
// The first two are filled in for you, as most people would. The others are yours.
func Predict() Prediction {
	return Prediction{
		Returns:   0,
		Panics:    1,
		Elsewhere: -1,
		Unlocks:   -1,
		Goexits:   -1,
		Exits:     -1,
		LastWord:  -1,
		Killed:    -1,
	}
}
