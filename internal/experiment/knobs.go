package experiment

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"lab.example/gopark/internal/hint"
)

// Settings returns a value for every knob of e: the one in chosen, else the default.
// A name that e does not have and a value out of range are ErrKnob, with a hint.
func (e *Experiment) Settings(chosen map[string]int64) (map[string]int64, error) {
	names := make([]string, len(e.Knobs))
	all := make(map[string]int64, len(e.Knobs))
	for i, k := range e.Knobs {
		names[i], all[k.Name] = k.Name, k.Default
	}
	for name, v := range chosen {
		i := slices.Index(names, name)
		if i < 0 {
			err := BadKnob("%s has no knob %q", e.ID, name)
			if len(names) == 0 {
				return nil, hint.With(err, "this experiment has no knobs")
			}
			return nil, hint.With(err, "its knobs: %s", strings.Join(names, ", "))
		}
		if k := e.Knobs[i]; v < k.Min || v > k.Max {
			return nil, hint.With(BadKnob("%s=%d is out of range", name, v), "%s", k.Range())
		}
		all[name] = v
	}
	return all, nil
}

// ParseKnob reads "name=value". The value is checked by Settings, not here.
func ParseKnob(s string) (name string, v int64, err error) {
	name, text, ok := strings.Cut(s, "=")
	if !ok {
		return "", 0, hint.With(BadKnob("cannot read %q", s), "write --knob name=value")
	}
	if v, err = strconv.ParseInt(text, 10, 64); err != nil {
		return "", 0, hint.With(BadKnob("%s: %q is not a whole number", name, text), "write --knob %s=10", name)
	}
	return name, v, nil
}

// Range describes the knob: "goroutines: 1 to 1000, by default 10".
func (k Knob) Range() string {
	return fmt.Sprintf("%s: %d to %d %s, by default %d", k.Name, k.Min, k.Max, k.Unit, k.Default)
}

// atDefaults reports whether every knob has its default value.
func (e *Experiment) atDefaults(settings map[string]int64) bool {
	return !slices.ContainsFunc(e.Knobs, func(k Knob) bool { return settings[k.Name] != k.Default })
}
