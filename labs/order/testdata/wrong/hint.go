package order

// Predict takes Gosched for a hint that the runtime need not follow. The language says so;
// this runtime always puts the caller at the end of the global queue.
func Predict() Prediction {
	return Prediction{
		Spawn:     []string{"c", "a", "b"},
		Yield:     []string{"main", "a", "b"},
		Nested:    []string{"parent", "child", "old"},
		Handover:  []string{"sender", "new", "receiver"},
		Broadcast: []string{"1", "3", "2"},
		Released:  []string{"3", "1", "2"},
	}
}

// verdict: assert: as if Gosched let nobody run
