package order

// Predict takes the run queue for first in, first out. The ring is, but a new goroutine takes
// the slot in front of it.
func Predict() Prediction {
	return Prediction{
		Spawn:     []string{"a", "b", "c"},
		Yield:     []string{"b", "a", "main"},
		Nested:    []string{"parent", "child", "old"},
		Handover:  []string{"sender", "new", "receiver"},
		Broadcast: []string{"1", "3", "2"},
		Released:  []string{"3", "1", "2"},
	}
}

// verdict: assert: a new goroutine went to the end of the queue
