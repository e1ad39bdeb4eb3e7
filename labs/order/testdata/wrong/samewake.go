package order

// Predict thinks that waking is waking. A close readies the newest waiter first, a semaphore the
// oldest, and each time the one readied last runs first.
func Predict() Prediction {
	return Prediction{
		Spawn:     []string{"c", "a", "b"},
		Yield:     []string{"b", "a", "main"},
		Nested:    []string{"parent", "child", "old"},
		Handover:  []string{"sender", "new", "receiver"},
		Broadcast: []string{"1", "3", "2"},
		Released:  []string{"1", "3", "2"},
	}
}

// verdict: assert: in the same order as a close does
