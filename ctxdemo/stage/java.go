package stage

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"lab.example/gopark/ctxdemo"
)

// Java is what a JVM did in a case: each was run twelve times on OpenJDK 17, and came out the
// same. What was not looked at is zero.
type Java struct {
	Outcome   string // "returned", or an exception
	Party     string `json:"interrupted_party"` // of a barrier, instead of Outcome
	Flag      bool   `json:"flag_after"`
	Still     bool   `json:"still_blocked_after_interrupt"`
	Unblocked bool   `json:"unblocked_by_close"`
}

// ReadJava reads what a JVM did in all cases. The key of a case is the number in its name:
// "B01".
func ReadJava() (map[string]Java, error) {
	text, err := ctxdemo.Java()
	if err != nil {
		return nil, fmt.Errorf("read what Java did: %w", err)
	}
	rows := make(map[string]Java)
	decoder := json.NewDecoder(bytes.NewReader(text))
	for {
		var row struct {
			Case     string
			Observed Java
		}
		switch err := decoder.Decode(&row); {
		case errors.Is(err, io.EOF):
			return rows, nil
		case err != nil:
			return nil, fmt.Errorf("read what Java did: %w", err)
		}
		number, _, _ := strings.Cut(row.Case, "_")
		rows[number] = row.Observed
	}
}
