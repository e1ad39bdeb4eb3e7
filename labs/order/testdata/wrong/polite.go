package order

// Predict thinks that those who are woken run in the order in which they came. The last one
// that is made ready takes the slot in front of the queue.
func Predict() Prediction {
	return Prediction{
		Spawn:     []string{"c", "a", "b"},
		Yield:     []string{"b", "a", "main"},
		Nested:    []string{"parent", "child", "old"},
		Handover:  []string{"sender", "new", "receiver"},
		Broadcast: []string{"1", "2", "3"},
		Released:  []string{"3", "1", "2"},
	}
}

// verdict: assert: as if close woke them in the order in which they came
