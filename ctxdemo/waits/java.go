package waits

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// javaRows is what a JVM did, by the name of the case: each was run twelve times on OpenJDK
// 17, and came out the same.
type javaRows map[string]ending

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
				Outcome string
				Party   string `json:"interrupted_party"` // of a barrier, instead of Outcome
				Flag    bool   `json:"flag_after"`
				Still   bool   `json:"still_blocked_after_interrupt"`
			}
		}
		switch err := decoder.Decode(&row); {
		case errors.Is(err, io.EOF):
			return rows, nil
		case err != nil:
			return nil, fmt.Errorf("read java.jsonl: %w", err)
		}
		name, _, _ := strings.Cut(row.Case, "_")
		saw := row.Observed
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
