package order

// Predict knows that the sender goes on, but not that the receiver has only been put into the
// slot: the next go statement pushes it out again.
func Predict() Prediction {
	return Prediction{
		Spawn:     []string{"c", "a", "b"},
		Yield:     []string{"b", "a", "main"},
		Nested:    []string{"parent", "child", "old"},
		Handover:  []string{"sender", "receiver", "new"},
		Broadcast: []string{"1", "3", "2"},
		Released:  []string{"3", "1", "2"},
	}
}

// verdict: assert: as if who was made ready first also ran first
