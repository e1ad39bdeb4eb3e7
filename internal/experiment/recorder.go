package experiment

import (
	"fmt"
	"reflect"
	"sync"
	"time"

	"lab.example/gopark/internal/timeline"
)

// Recorder is what a body writes its observations to. Its methods may be called by
// many goroutines at once. A Recorder is made by Do, or by Main in the process of an
// isolated body.
type Recorder struct {
	experiment *Experiment
	settings   map[string]int64
	started    time.Time

	mu   sync.Mutex
	emit func(Item) // called with mu held
}

func newRecorder(e *Experiment, settings map[string]int64, emit func(Item)) *Recorder {
	return &Recorder{experiment: e, settings: settings, started: time.Now(), emit: emit}
}

// Knob returns the setting of a knob. It panics if the experiment has no such knob.
func (r *Recorder) Knob(name string) int {
	v, ok := r.settings[name]
	if !ok {
		panic(fmt.Sprintf("experiment %s: no knob %q", r.experiment.ID, name))
	}
	return int(v)
}

// Value records one named value; see Value for names and types. It panics if either
// is unusable: a misnamed observation is a mistake in the experiment.
func (r *Recorder) Value(name string, v any) {
	value, err := NewValue(name, v)
	if err != nil {
		panic(fmt.Sprintf("experiment %s: %v", r.experiment.ID, err))
	}
	r.add(value)
}

// Record records every field of the struct v that has an obs tag, in order. A Check
// reads them back into the same struct with Observations.Decode.
func (r *Recorder) Record(v any) {
	_ = eachField(reflect.ValueOf(v), func(name string, field reflect.Value) error {
		r.Value(name, field.Interface())
		return nil
	})
}

// Event records a change of state. It panics if e is not valid.
func (r *Recorder) Event(e timeline.Event) {
	if err := e.Validate(); err != nil {
		panic(fmt.Sprintf("experiment %s: %v", r.experiment.ID, err))
	}
	r.add(e)
}

// Since returns the time since the body began, for Event.At.
func (r *Recorder) Since() time.Duration { return time.Since(r.started) }

// Notef writes a line for people: what is being done, what to watch for.
func (r *Recorder) Notef(format string, args ...any) {
	r.add(NewNote(fmt.Sprintf(format, args...)))
}

// Mark tells the process that started this one that a point has been reached: see
// Actor.Await. It panics if name is not lower-case words joined by "-".
func (r *Recorder) Mark(name string) {
	if !nameForm.MatchString(name) {
		panic(fmt.Sprintf("experiment %s: unusable mark %q", r.experiment.ID, name))
	}
	r.add(Mark(name))
}

func (r *Recorder) add(it Item) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.emit(it)
}
