package experiment

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Table is rows of cells, for an experiment that puts many cases through the same thing.
// It is recorded as a value of the unit rows, a line for the header and one for each row,
// and shown as a table, which a reader of the notebook can filter:
//
//	Cases experiment.Table `obs:"/cases:rows"`
type Table struct {
	Header []string
	Rows   [][]string
}

// between separates the cells of a line.
const between = " | "

// Add adds a row. It panics if it has another length than the header.
func (t *Table) Add(cells ...any) {
	if len(cells) != len(t.Header) {
		panic(fmt.Sprintf("table of %d columns: a row of %d cells", len(t.Header), len(cells)))
	}
	row := make([]string, len(cells))
	for i, c := range cells {
		row[i] = fmt.Sprint(c)
	}
	t.Rows = append(t.Rows, row)
}

// Lines returns the text form: the header, then the rows. A separator inside of a cell
// is replaced by a slash, so that ParseTable returns as many cells.
func (t Table) Lines() []string {
	var lines []string
	for row := range slices.Values(append([][]string{t.Header}, t.Rows...)) {
		cells := slices.Clone(row)
		for i, c := range cells {
			cells[i] = strings.TrimSpace(strings.ReplaceAll(c, "|", "/"))
		}
		lines = append(lines, strings.Join(cells, between))
	}
	return lines
}

// ParseTable reads the text form. There must be a header, and every row must have as many
// cells as it.
func ParseTable(lines []string) (Table, error) {
	var t Table
	if len(lines) == 0 {
		return t, errors.New("it has no header")
	}
	for i, line := range lines {
		cells := strings.Split(line, "|")
		for i, c := range cells {
			cells[i] = strings.TrimSpace(c)
		}
		switch {
		case i == 0:
			t.Header = cells
		case len(cells) != len(t.Header):
			return Table{}, fmt.Errorf("row %d has %d cells, and the header %d: %q", i, len(cells), len(t.Header), line)
		default:
			t.Rows = append(t.Rows, cells)
		}
	}
	return t, nil
}

// Has returns an error unless these are the columns. A check asks first, and may then
// take cells by their place.
func (t Table) Has(header ...string) error {
	if !slices.Equal(t.Header, header) {
		return fmt.Errorf("the columns are %q, not %q", t.Header, header)
	}
	return nil
}

// Equals returns an error unless the table has these columns and all rows of want, which
// the first cells of a row, so many as key says, tell apart. It refutes the experiment if
// one is missing or has another cell. Rows that want does not have are not looked at.
func (t Table) Equals(want Table, key int) error {
	if err := t.Has(want.Header...); err != nil {
		return err
	}
	for _, row := range want.Rows {
		name := strings.Join(row[:key], ", ")
		found := t.Row(row[:key]...)
		if found == nil {
			return Refuted("%s: it was not observed", name)
		}
		for i, cell := range found {
			if cell != row[i] {
				return Refuted("%s: %s: %q, not %q", name, t.Header[i], cell, row[i])
			}
		}
	}
	return nil
}

// Row returns the row whose first cells are these, or nil.
func (t Table) Row(first ...string) []string {
	for _, row := range t.Rows {
		if len(row) >= len(first) && slices.Equal(row[:len(first)], first) {
			return row
		}
	}
	return nil
}
