package order

// Predict thinks that a send hands over the processor with the value. It makes the receiver
// ready, and the sender goes on.
func Predict() Prediction {
	return Prediction{
		Spawn:     []string{"c", "a", "b"},
		Yield:     []string{"b", "a", "main"},
		Nested:    []string{"parent", "child", "old"},
		Handover:  []string{"receiver", "sender", "new"},
		Broadcast: []string{"1", "3", "2"},
		Released:  []string{"3", "1", "2"},
	}
}

// verdict: assert: as if a send ran the receiver at once
