package labs

import (
	"fmt"

	"lab.example/gopark/internal/cli"
	"lab.example/gopark/internal/hint"
)

// which returns the lab that a command is about, if it has been started: the named
// one, or without a name the one that the learner is at.
func (w work) which(name string) (Lab, error) {
	if name == "" {
		return w.current()
	}
	l, err := w.find(name)
	if err != nil {
		return Lab{}, err
	}
	if _, ok := w.started(l); !ok {
		return Lab{}, cli.Usage(hint.With(fmt.Errorf("there is no %s", answerName(l)), "gopark lab start %s", l.Name))
	}
	return l, nil
}
