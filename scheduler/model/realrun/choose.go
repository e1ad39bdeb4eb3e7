package realrun

import (
	"reflect"

	"lab.example/gopark/scheduler/model"
)

// choose runs a select. reflect.Select hands its cases to the function that a select
// statement calls, in the same layout; but the compiler makes something simpler of a
// select with a single case, and so must we.
func (w *world) choose(op *model.Op) int32 {
	switch {
	case len(op.Cases) == 0 && op.Default:
		return -1
	case len(op.Cases) == 0:
		select {}
	case len(op.Cases) == 1:
		return w.chooseOne(op)
	}
	cases := make([]reflect.SelectCase, 0, len(op.Cases)+1)
	for _, c := range op.Cases {
		sc := reflect.SelectCase{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(w.chans[c.Chan])}
		if c.Send {
			sc.Dir, sc.Send = reflect.SelectSend, reflect.ValueOf(struct{}{})
		}
		cases = append(cases, sc)
	}
	if op.Default {
		cases = append(cases, reflect.SelectCase{Dir: reflect.SelectDefault})
	}
	chosen, _, _ := reflect.Select(cases)
	if chosen == len(op.Cases) {
		return -1
	}
	return int32(chosen)
}

func (w *world) chooseOne(op *model.Op) int32 {
	c := w.chans[op.Cases[0].Chan]
	switch {
	case op.Cases[0].Send && op.Default:
		select {
		case c <- struct{}{}:
		default:
			return -1
		}
	case op.Default:
		select {
		case <-c:
		default:
			return -1
		}
	case op.Cases[0].Send:
		c <- struct{}{}
	default:
		<-c
	}
	return 0
}
