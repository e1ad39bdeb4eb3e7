package sockets

import (
	"fmt"

	"lab.example/gopark/ctxdemo/stage"
)

// javaRow is what a JVM did, in the words of this experiment. What became of the channel was
// not seen in all of them.
type javaRow struct{ outcome, flag string }

type javaRows map[string]javaRow

func readJava() (javaRows, error) {
	record, err := stage.ReadJava()
	rows := make(javaRows)
	for name, saw := range record {
		r := javaRow{saw.Outcome, flagClear}
		if saw.Flag {
			r.flag = flagSet
		}
		switch {
		case r.outcome == "ClosedByInterruptException":
			r.outcome = closedBy
		case r.outcome == "SocketException" && saw.Unblocked:
			r.outcome = untilClose
		case r.outcome == "returned":
			r.outcome = returned
		}
		rows[name] = r
	}
	return rows, err
}

// beside returns what to write beside the ending of a case: which method of Java is its
// counterpart, and what that did.
func (j javaRows) beside(c oneCase, got ending) string {
	if c.row == "" {
		return ""
	}
	did, ok := j[c.row]
	switch {
	case !ok:
		return "unknown case " + c.row
	case did == javaRow{got.outcome, got.flag}:
		return c.java + ": the same"
	}
	return fmt.Sprintf("%s: %s, %s", c.java, did.outcome, did.flag)
}
