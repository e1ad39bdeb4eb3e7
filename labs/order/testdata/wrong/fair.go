package order

// Predict thinks that who has waited longest is next. A child takes the slot in front of
// the queue, and runs before those that were there before it.
func Predict() Prediction {
	return Prediction{
		Spawn:     []string{"c", "a", "b"},
		Yield:     []string{"b", "a", "main"},
		Nested:    []string{"parent", "old", "child"},
		Handover:  []string{"sender", "new", "receiver"},
		Broadcast: []string{"1", "3", "2"},
		Released:  []string{"3", "1", "2"},
	}
}

// verdict: assert: as if a child waited behind all that were there before it
