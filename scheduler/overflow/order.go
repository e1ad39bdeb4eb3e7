package overflow

import (
	"slices"

	"lab.example/gopark/internal/experiment"
)

const (
	ring   = 256      // places in a P's ring
	places = ring + 1 // and runnext

	// half is how many leave a full ring: numbers 0 to 127. With them goes the one that
	// was pushed out of runnext when there was no place left, number 256.
	half   = ring / 2
	pushed = ring

	// turn is how often a P takes a goroutine from the global queue although its own
	// queue is not empty: at every 61st start.
	turn = 61
)

func check(o experiment.Observations) error {
	var seen observed
	if err := o.Decode(&seen); err != nil {
		return err
	}
	for _, scene := range []struct {
		n     int64
		order []int64
	}{
		{places, seen.Full}, {places + 1, seen.OneMore}, {seen.Created, seen.Order},
	} {
		if err := checkOrder(scene.n, scene.order); err != nil {
			return err
		}
	}
	if last := seen.Order[len(seen.Order)-1]; last != seen.Last {
		return experiment.Refuted("number %d is said to be the last, and number %d is", seen.Last, last)
	}
	if !slices.Equal(seen.OneMore, seen.ModelOneMore) {
		return experiment.Refuted("with %d, the order is not that of the model of the scheduler: %v", places+1, seen.ModelOneMore)
	}
	if !slices.Equal(seen.Order, seen.ModelOrder) {
		return experiment.Refuted("with %d, the order is not that of the model of the scheduler: %v", seen.Created, seen.ModelOrder)
	}
	return nil
}

// checkOrder says what is wrong with the order in which n goroutines ran.
func checkOrder(n int64, order []int64) error {
	if int64(len(order)) != n {
		return experiment.Refuted("%d of %d goroutines ran", len(order), n)
	}
	newest := n - 1
	at := slices.Index(order, newest)
	// Somebody may be taken from the global queue before anything else is looked at. It
	// happens when the creator's own start was the 60th.
	if at != 0 && !(at == 1 && moved(n, order[0])) {
		return experiment.Refuted("with %d, number %d ran first, not the newest, number %d", n, order[0], newest)
	}
	// Who is in runnext runs in the time slice of the one before it, and is not counted
	// as a start.
	counted := slices.Delete(slices.Clone(order), at, at+1)
	var stayed, left []int64
	for _, i := range counted {
		if moved(n, i) {
			left = append(left, i)
		} else {
			stayed = append(stayed, i)
		}
	}
	switch {
	case len(left) > 0 && slices.IsSorted(counted):
		return experiment.Refuted("with %d, behind the newest all ran in the order of their creation: nobody moved", n)
	case !slices.IsSorted(stayed):
		return experiment.Refuted("with %d, those that stayed in the ring did not run in the order of their creation: %v", n, stayed)
	case !slices.IsSorted(left): // 256 is the last of them and the greatest
		return experiment.Refuted("with %d, those that moved to the global queue did not run in the order in which they moved: %v", n, left)
	}
	return checkTurns(n, counted)
}

// moved reports whether number i of n moved to the global queue.
func moved(n, i int64) bool {
	return n > places && (i < half || i == pushed)
}

// checkTurns says whether those that moved ran when the ring was empty, but for one at
// every 61st start.
func checkTurns(n int64, counted []int64) error {
	stays := func(i int64) bool { return !moved(n, i) }
	end := len(counted)
	for end > 0 && !stays(counted[end-1]) {
		end--
	}
	// Until the ring is empty.
	early := slices.IndexFunc(counted[:end], func(i int64) bool { return moved(n, i) })
	if early < 0 {
		early = end
	}
	if n > places && early >= turn && end > turn {
		return experiment.Refuted("with %d, nobody came from the global queue within %d starts", n, turn)
	}
	for place := early; place < end; place++ {
		if due := (place-early)%turn == 0; due != moved(n, counted[place]) {
			return experiment.Refuted("with %d, number %d ran at start %d, and starts %d, %d, ... belong to the global queue",
				n, counted[place], place, early, early+turn)
		}
	}
	return nil
}
