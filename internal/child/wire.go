package child

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"syscall"
	"time"
)

// The variables that this package puts into the environment of what it starts.
const (
	envRole = "GOPARK_CHILD" // what Main is to be: roleSupervise or roleBody
	envBody = "GOPARK_BODY"  // Job.Body
	envArg  = "GOPARK_ARG"   // Job.Arg in base64
	envRun  = "GOPARK_RUN"   // tokens of the runs that a process belongs to, outermost first, joined by dots
)

const (
	roleSupervise = "supervise"
	roleBody      = "body"
)

// File descriptors of a supervisor, beside the three standard ones.
const (
	fdControl = 3
	fdStatus  = 4
	fdReport  = 5
)

// Bytes that follow the plan on the control pipe. Its end means: kill everything
// and go.
const (
	controlSeen = 's' // the started record has been read and a handle to the process taken
	controlQuit = 'q' // send SIGQUIT to the process and its group
)

// plan is the first thing on the control pipe: what a supervisor is to start.
type plan struct {
	Path   string
	Args   []string // with the program's name
	Dir    string
	Env    []string
	Token  string // of this run
	Memory int64
	File   int64
}

func writePlan(w io.Writer, p plan) error {
	body, err := json.Marshal(p)
	if err != nil {
		return err
	}
	_, err = w.Write(append(binary.BigEndian.AppendUint32(nil, uint32(len(body))), body...))
	return err
}

func readPlan(r io.Reader) (p plan, err error) {
	var size [4]byte
	if _, err := io.ReadFull(r, size[:]); err != nil {
		return p, fmt.Errorf("read size of plan: %w", err)
	}
	body := make([]byte, binary.BigEndian.Uint32(size[:]))
	if _, err := io.ReadFull(r, body); err != nil {
		return p, fmt.Errorf("read plan: %w", err)
	}
	return p, json.Unmarshal(body, &p)
}

// kind says what a record on the status pipe tells.
type kind string

const (
	kindFailed    kind = "failed"    // the process could not be started: Failure
	kindStarted   kind = "started"   // PID
	kindStopped   kind = "stopped"   // by a stop signal
	kindContinued kind = "continued" // by SIGCONT
	kindExited    kind = "exited"    // Status and the resources used
)

// record is one line of JSON on the status pipe.
type record struct {
	Kind   kind
	PID    int           `json:",omitzero"`
	Status uint32        `json:",omitzero"` // as from wait4
	Wall   time.Duration `json:",omitzero"`
	User   time.Duration `json:",omitzero"`
	System time.Duration `json:",omitzero"`
	MaxRSS int64         `json:",omitzero"` // bytes
	Left   int           `json:",omitzero"`

	Failure *failure `json:",omitzero"`
}

// failure is an error that has crossed the status pipe.
type failure struct {
	Text  string
	Errno syscall.Errno
}

func (f *failure) Error() string { return f.Text }

func (f *failure) Unwrap() error {
	if f.Errno == 0 {
		return nil
	}
	return f.Errno
}
