package experiment

import (
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"strings"

	"lab.example/gopark/internal/timeline"
)

// ErrNotObserved is wrapped by the error that Decode returns for a name that was
// never recorded.
var ErrNotObserved = errors.New("not observed")

// Value is one named quantity. Names follow runtime/metrics: a path, a colon and a
// unit, such as "/signals/received:signals". V is an int64, float64, string, bool,
// []int64, []float64 or []string.
type Value struct {
	Name string
	V    any
}

var valueForm = regexp.MustCompile(`^(/[a-z0-9]+(-[a-z0-9]+)*)+:[a-z0-9]+(-[a-z0-9]+)*(/[a-z0-9]+(-[a-z0-9]+)*)?$`)

// NewValue checks name and turns v into one of the types of Value.V: any integer
// becomes an int64, a nil slice an empty one, a fmt.Stringer or error its text, a Table
// its lines.
func NewValue(name string, v any) (Value, error) {
	if !valueForm.MatchString(name) {
		return Value{}, fmt.Errorf("name %q is not of the form /path:unit", name)
	}
	switch x := v.(type) {
	case int64, float64, string, bool:
		return Value{name, v}, nil
	case Table:
		return Value{name, x.Lines()}, nil
	case error:
		return Value{name, x.Error()}, nil
	case fmt.Stringer:
		return Value{name, x.String()}, nil
	}
	rv := reflect.ValueOf(v)
	switch rv.Kind() {
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return Value{name, rv.Int()}, nil
	case reflect.Uint8, reflect.Uint16, reflect.Uint32:
		return Value{name, int64(rv.Uint())}, nil
	case reflect.String:
		return Value{name, rv.String()}, nil
	case reflect.Bool:
		return Value{name, rv.Bool()}, nil
	case reflect.Slice:
		switch elem := rv.Type().Elem(); {
		case elem.Kind() == reflect.String:
			return Value{name, collect(rv, reflect.Value.String)}, nil
		case elem.Kind() == reflect.Float64:
			return Value{name, collect(rv, reflect.Value.Float)}, nil
		case elem.Kind() >= reflect.Int && elem.Kind() <= reflect.Int64:
			return Value{name, collect(rv, reflect.Value.Int)}, nil
		}
	}
	return Value{}, fmt.Errorf("value %s: cannot record a %T", name, v)
}

func collect[T any](slice reflect.Value, get func(reflect.Value) T) []T {
	all := make([]T, slice.Len())
	for i := range all {
		all[i] = get(slice.Index(i))
	}
	return all
}

// Unit returns the part of the name after the colon.
func (v Value) Unit() string {
	_, unit, _ := strings.Cut(v.Name, ":")
	return unit
}

// Observations is what one run recorded. The zero value is empty.
type Observations struct {
	Values []Value          // in the order of first recording; names are unique
	Events []timeline.Event // in the order of recording
	Notes  []string         // lines that the body wrote for people

	places map[string]int // of names in Values: a body may record very many
}

// Set records v, replacing a value of the same name.
func (o *Observations) Set(v Value) {
	if i, ok := o.place(v.Name); ok {
		o.Values[i] = v
		return
	}
	o.places[v.Name] = len(o.Values)
	o.Values = append(o.Values, v)
}

// Lookup returns the value called name.
func (o *Observations) Lookup(name string) (v any, ok bool) {
	if i, ok := o.place(name); ok {
		return o.Values[i].V, true
	}
	return nil, false
}

func (o *Observations) place(name string) (i int, ok bool) {
	if len(o.places) != len(o.Values) || o.places == nil {
		o.places = make(map[string]int)
		for i, v := range o.Values {
			o.places[v.Name] = i
		}
	}
	i, ok = o.places[name]
	return i, ok
}

// Decode stores values into the fields of the struct that into points to. A field
// is filled when its tag `obs:"/path:unit"` names a value, a Table from its lines; fields
// of embedded structs count as the struct's own. A tagged field whose value was not recorded,
// or has another type, is an error: ErrNotObserved for the former.
func (o *Observations) Decode(into any) error {
	var problems []error
	_ = eachField(reflect.ValueOf(into).Elem(), func(name string, field reflect.Value) error {
		v, ok := o.Lookup(name)
		if !ok {
			problems = append(problems, fmt.Errorf("%w: %s", ErrNotObserved, name))
			return nil
		}
		if table, ok := field.Addr().Interface().(*Table); ok {
			lines, _ := v.([]string)
			var err error
			if *table, err = ParseTable(lines); err != nil {
				problems = append(problems, fmt.Errorf("value %s is not a table: %w", name, err))
			}
			return nil
		}
		rv := reflect.ValueOf(v)
		if !rv.Type().ConvertibleTo(field.Type()) || rv.Kind() == reflect.Int64 && field.Kind() != reflect.Int64 {
			problems = append(problems, fmt.Errorf("value %s is a %T, not a %s", name, v, field.Type()))
			return nil
		}
		field.Set(rv.Convert(field.Type()))
		return nil
	})
	return errors.Join(problems...)
}

// eachField calls f for every field of the struct v that has an obs tag.
func eachField(v reflect.Value, f func(name string, field reflect.Value) error) error {
	for i := range v.NumField() {
		field, t := v.Field(i), v.Type().Field(i)
		name, tagged := t.Tag.Lookup("obs")
		var err error
		switch {
		case tagged:
			err = f(name, field)
		case t.Anonymous && t.Type.Kind() == reflect.Struct:
			err = eachField(field, f)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
