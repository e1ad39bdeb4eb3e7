package fatal

import (
	"debug/elf"
	"os"
	"runtime"
	"slices"
	"sync"

	"lab.example/gopark/internal/child"
)

// notHere stands in the row of a program that was not run; the last cell says why.
const notHere = "not measured"

// underRace is for programs whose mistake the race detector reports before the runtime can
// notice it.
func underRace() string {
	if child.RaceEnabled {
		return "the race detector is on, and reports it first"
	}
	return ""
}

// unlimited is for the program that asks for more memory than its process may have.
func unlimited() string {
	switch {
	case runtime.GOOS != "linux":
		return "this system does not limit the memory of a process"
	case child.RaceEnabled:
		return "the race detector is on, and asks the system for memory itself"
	}
	return ""
}

// withC is for the deadlock, which the runtime does not look for in a program that is
// linked with C: a thread of C might call back.
var withC = sync.OnceValue(func() string {
	if runtime.GOOS != "linux" {
		return "programs of this system are linked with C"
	}
	name, err := os.Executable()
	if err != nil {
		return err.Error()
	}
	program, err := elf.Open(name)
	if err != nil {
		return err.Error()
	}
	defer program.Close()
	// What is linked with C names the loader of its libraries.
	if slices.ContainsFunc(program.Progs, func(p *elf.Prog) bool { return p.Type == elf.PT_INTERP }) {
		return "this program is linked with C, and the runtime does not look"
	}
	return ""
})
