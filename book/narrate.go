package book

import (
	"strings"

	"lab.example/gopark/internal/timeline"
)

// kindWords names the kinds of subjects for people.
var kindWords = map[timeline.Kind]string{
	timeline.Goroutine: "goroutine",
	timeline.Proc:      "P",
	timeline.Thread:    "thread",
	timeline.Context:   "context",
	timeline.Process:   "process",
	timeline.Signal:    "signal",
	timeline.Value:     "value",
	timeline.Flag:      "flag",
}

// stateWords says what it means to get into a state. The name of the state itself
// stays recognisable.
var stateWords = map[timeline.State]string{
	timeline.NotExist:  "no longer exists",
	timeline.Runnable:  "is runnable",
	timeline.Running:   "is running",
	timeline.Waiting:   "is waiting",
	timeline.Syscall:   "is in a system call",
	timeline.Idle:      "is idle",
	timeline.Live:      "is live",
	timeline.Canceled:  "is cancelled",
	timeline.Stopped:   "is stopped",
	timeline.Exited:    "has exited",
	timeline.Signaled:  "was ended by a signal",
	timeline.Sent:      "was sent",
	timeline.Pending:   "is pending",
	timeline.Delivered: "was delivered",
	timeline.Dropped:   "was dropped",
	timeline.Clear:     "is down",
	timeline.Set:       "is up",
	timeline.Inside:    "is inside its bounds",
	timeline.Outside:   "is outside its bounds",
}

// narrate says an event in words: what the picture shows, for those who read it or
// have it read to them.
func narrate(e timeline.Event) string {
	var b strings.Builder
	if i := strings.LastIndexByte(e.Subject.ID, '/'); e.Subject.Kind == timeline.Signal && i > 0 {
		b.WriteString(e.Subject.ID[i+1:] + ": ") // a signal is somewhere on its way
		e.Subject.ID = strings.ReplaceAll(e.Subject.ID[:i], "/", " ")
	}
	b.WriteString(kindWords[e.Subject.Kind] + " " + e.Subject.ID + " " + stateWords[e.To])
	if e.From != "" && e.From != timeline.NotExist {
		b.WriteString(" (before: " + string(e.From) + ")")
	}
	separator := ": "
	for _, a := range e.Attrs {
		value := a.Value
		if strings.Contains(value, " ") || value == "" {
			value = "“" + value + "”"
		}
		b.WriteString(separator + a.Key + " " + value)
		separator = ", "
	}
	if e.Provenance != timeline.Observed {
		b.WriteString(" [" + string(e.Provenance) + "]")
	}
	return b.String()
}
