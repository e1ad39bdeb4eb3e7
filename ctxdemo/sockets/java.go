package sockets

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// javaRow is what a JVM did: each case was run twelve times on OpenJDK 17, and came out the
// same. What became of the channel was not seen in all of them.
type javaRow struct{ outcome, flag string }

type javaRows map[string]javaRow

// readJava reads testdata/java.jsonl, which was recorded.
func readJava() (javaRows, error) {
	text, err := files.ReadFile("testdata/java.jsonl")
	if err != nil {
		return nil, err
	}
	rows := make(javaRows)
	decoder := json.NewDecoder(bytes.NewReader(text))
	for {
		var row struct {
			Case     string
			Observed struct {
				Outcome   string
				Flag      bool `json:"flag_after"`
				Unblocked bool `json:"unblocked_by_close"`
			}
		}
		switch err := decoder.Decode(&row); {
		case errors.Is(err, io.EOF):
			return rows, nil
		case err != nil:
			return nil, fmt.Errorf("read java.jsonl: %w", err)
		}
		name, _, _ := strings.Cut(row.Case, "_")
		r := javaRow{row.Observed.Outcome, flagClear}
		if row.Observed.Flag {
			r.flag = flagSet
		}
		switch {
		case r.outcome == "ClosedByInterruptException":
			r.outcome = closedBy
		case r.outcome == "SocketException" && row.Observed.Unblocked:
			r.outcome = untilClose
		case r.outcome == "returned":
			r.outcome = returned
		}
		rows[name] = r
	}
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
