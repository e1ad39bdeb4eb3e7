package order

// Predict says in which order the goroutines run.
func Predict() Prediction {
	return Prediction{
		Spawn:     []string{"c", "a", "b"},
		Yield:     []string{"b", "a", "main"},
		Nested:    []string{"parent", "child", "old"},
		Handover:  []string{"sender", "new", "receiver"},
		Broadcast: []string{"1", "3", "2"},
		Released:  []string{"3", "1", "2"},
	}
}
