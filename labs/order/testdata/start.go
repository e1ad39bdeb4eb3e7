package order

// Predict says in which order the goroutines run.
//
// The first is filled in for you, as most people would. The others are yours.
func Predict() Prediction {
	return Prediction{
		Spawn:     []string{"a", "b", "c"},
		Yield:     nil,
		Nested:    nil,
		Handover:  nil,
		Broadcast: nil,
		Released:  nil,
	}
}
