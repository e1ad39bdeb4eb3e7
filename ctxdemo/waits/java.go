package waits

import (
	"fmt"

	"lab.example/gopark/ctxdemo/stage"
)

// javaRows is what a JVM did, by the name of the case, in the words of this experiment.
type javaRows map[string]ending

func readJava() (javaRows, error) {
	record, err := stage.ReadJava()
	rows := make(javaRows)
	for name, saw := range record {
		e := ending{outcome: saw.Outcome + saw.Party, flag: flagClear}
		if saw.Flag {
			e.flag = flagSet
		}
		switch {
		case e.outcome == "InterruptedException":
			e.outcome = interrupted
		case e.outcome == "returned" && saw.Still:
			e.outcome = stays
		case e.outcome == "returned":
			e.outcome = returned
		}
		rows[name] = e
	}
	return rows, err
}

// beside returns what to write beside the ending of a case: which method of Java is its
// counterpart, and what that did.
func (j javaRows) beside(c oneCase, got ending) string {
	if c.want.row == "" {
		return ""
	}
	did, ok := j[c.want.row]
	switch {
	case !ok:
		return "unknown case " + c.want.row
	case did == got:
		return c.java + ": the same"
	}
	return fmt.Sprintf("%s: %s, %s", c.java, did.outcome, did.flag)
}
