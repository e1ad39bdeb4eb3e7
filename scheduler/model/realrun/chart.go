package realrun

import (
	"debug/dwarf"
	"debug/elf"
	"errors"
	"fmt"
	"os"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"unsafe"

	"lab.example/gopark/internal/hint"
)

// chart says where in memory the runtime keeps the state of its scheduler. It is true
// of one binary only: offsets differ between versions and builds. The fields are
// exported because a chart travels to the processes that do the work.
type chart struct {
	// Of package variables: their distance from the variable anchor. Where a binary is
	// loaded as a whole to another address than it was linked for, this stays the same.
	Sched, Allp int64

	GoID                           uintptr // in runtime.g
	Curg                           uintptr // in runtime.m
	Status, M                      uintptr // in runtime.p
	Tick, RunqHead, RunqTail, Next uintptr // the same
	Global                         uintptr // sched.runq.size
}

// anchor is the variable whose address is known both to this code and to DWARF.
var anchor uint64

// anchorName is what DWARF calls anchor.
var anchorName = reflect.TypeFor[chart]().PkgPath() + ".anchor"

// errNoDWARF is why there is no chart of a stripped binary.
var errNoDWARF = hint.With(errors.New("this binary carries no DWARF"),
	"build it with go build: go run and go test leave it out")

// ownChart is the chart of this binary, and so of the processes that it starts: those
// execute the same file. It takes about a tenth of a second, once.
var ownChart = sync.OnceValues(func() (*chart, error) {
	name := "/proc/self/exe" // also if the file was replaced meanwhile
	if runtime.GOOS != "linux" {
		var err error
		if name, err = os.Executable(); err != nil {
			return nil, err
		}
	}
	return draw(name)
})

// draw makes the chart of an ELF binary that this package is part of. It refuses what it
// does not know, by name, type or size.
func draw(name string) (*chart, error) {
	f, err := elf.Open(name)
	if err != nil {
		return nil, fmt.Errorf("this binary is not understood: %w", err)
	}
	defer f.Close()
	d, err := debugInfo(f)
	if err != nil {
		return nil, err
	}
	s, err := survey(d)
	if err != nil {
		return nil, err
	}
	return s.chart()
}

// debugInfo is f.DWARF without the sections that are large and not needed here.
func debugInfo(f *elf.File) (*dwarf.Data, error) {
	sections := make(map[string][]byte)
	for _, name := range []string{"abbrev", "info", "str", "addr", "line_str", "str_offsets"} {
		if s := f.Section(".debug_" + name); s != nil {
			data, err := s.Data()
			if err != nil {
				return nil, fmt.Errorf("read DWARF: %w", err)
			}
			sections[name] = data
		}
	}
	if len(sections["info"]) == 0 || len(sections["abbrev"]) == 0 {
		return nil, errNoDWARF
	}
	d, err := dwarf.New(sections["abbrev"], nil, nil, sections["info"], nil, nil, nil, sections["str"])
	if err != nil {
		return nil, fmt.Errorf("read DWARF: %w", err)
	}
	for _, name := range []string{"addr", "line_str", "str_offsets"} {
		if err := d.AddSection(".debug_"+name, sections[name]); err != nil {
			return nil, fmt.Errorf("read DWARF: %w", err)
		}
	}
	return d, nil
}

// surveyed is what DWARF says of the things of interest.
type surveyed struct {
	structs map[string]*dwarf.StructType
	vars    map[string]variable
}

type variable struct {
	addr uint64
	typ  string
}

func survey(d *dwarf.Data) (*surveyed, error) {
	s := &surveyed{structs: make(map[string]*dwarf.StructType), vars: make(map[string]variable)}
	structs := []string{"runtime.g", "runtime.m", "runtime.p", "runtime.schedt", "runtime.gQueue"}
	vars := []string{"runtime.sched", "runtime.allp", anchorName}
	wanted := make(map[string]dwarf.Tag)
	for _, name := range structs {
		wanted[name] = dwarf.TagStructType
	}
	for _, name := range vars {
		wanted[name] = dwarf.TagVariable
	}
	for r := d.Reader(); len(wanted) > 0; {
		e, err := r.Next()
		if err != nil {
			return nil, fmt.Errorf("read DWARF: %w", err)
		}
		if e == nil {
			break
		}
		if e.Tag == dwarf.TagCompileUnit {
			continue
		}
		name, _ := e.Val(dwarf.AttrName).(string)
		if tag, ok := wanted[name]; ok && tag == e.Tag {
			if err := s.add(d, name, e); err != nil {
				return nil, fmt.Errorf("read DWARF of %s: %w", name, err)
			}
			delete(wanted, name)
		}
		r.SkipChildren()
	}
	for _, name := range append(structs, vars...) {
		if _, ok := wanted[name]; ok {
			return nil, fmt.Errorf("this binary's DWARF knows no %s", name)
		}
	}
	return s, nil
}

func (s *surveyed) add(d *dwarf.Data, name string, e *dwarf.Entry) error {
	if e.Tag == dwarf.TagStructType {
		t, err := d.Type(e.Offset)
		if err == nil {
			s.structs[name] = t.(*dwarf.StructType)
		}
		return err
	}
	const opAddr = 0x03 // DW_OP_addr; an address follows
	loc, _ := e.Val(dwarf.AttrLocation).([]byte)
	if len(loc) != 1+int(unsafe.Sizeof(uintptr(0))) || loc[0] != opAddr {
		return fmt.Errorf("its place has an unknown form: % x", loc)
	}
	offset, ok := e.Val(dwarf.AttrType).(dwarf.Offset)
	if !ok {
		return errors.New("it has no type")
	}
	t, err := d.Type(offset)
	if err != nil {
		return err
	}
	var addr uintptr
	copy(unsafe.Slice((*byte)(unsafe.Pointer(&addr)), unsafe.Sizeof(addr)), loc[1:])
	s.vars[name] = variable{uint64(addr), typeName(t)}
	return nil
}

func (s *surveyed) chart() (*chart, error) {
	c := &chart{
		Sched: int64(s.vars["runtime.sched"].addr - s.vars[anchorName].addr),
		Allp:  int64(s.vars["runtime.allp"].addr - s.vars[anchorName].addr),
	}
	var runq, size, ring uintptr // ring is only looked at
	const word = unsafe.Sizeof(uintptr(0))
	for _, f := range []struct {
		at          *uintptr
		owner, name string
		typ         string
		size        uintptr
	}{
		{&c.GoID, "g", "goid", "uint64", 8},
		{&c.Curg, "m", "curg", "*runtime.g", word},
		{&c.Status, "p", "status", "uint32", 4},
		{&c.M, "p", "m", "runtime.muintptr", word},
		{&c.Tick, "p", "schedtick", "uint32", 4},
		{&c.RunqHead, "p", "runqhead", "uint32", 4},
		{&c.RunqTail, "p", "runqtail", "uint32", 4},
		{&c.Next, "p", "runnext", "runtime.guintptr", word},
		{&ring, "p", "runq", "[256]runtime.guintptr", 256 * word},
		{&runq, "schedt", "runq", "runtime.gQueue", 2*word + max(4, word)},
		{&size, "gQueue", "size", "int32", 4},
	} {
		var err error
		if *f.at, err = s.field(f.owner, f.name, f.typ, f.size); err != nil {
			return nil, err
		}
	}
	c.Global = runq + size
	for name, typ := range map[string]string{
		"runtime.sched": "runtime.schedt", "runtime.allp": "[]*runtime.p", anchorName: "uint64",
	} {
		if got := s.vars[name].typ; got != typ {
			return nil, fmt.Errorf("%s is a %s here and not a %s", name, got, typ)
		}
	}
	return c, nil
}

// field returns the offset of a field that must have the given type and size.
func (s *surveyed) field(owner, name, typ string, size uintptr) (uintptr, error) {
	for _, f := range s.structs["runtime."+owner].Field {
		if f.Name != name {
			continue
		}
		if got := typeName(f.Type); got != typ || uintptr(f.Type.Size()) != size {
			return 0, fmt.Errorf("runtime.%s.%s is a %s of %d bytes here and not a %s of %d", owner, name, got, f.Type.Size(), typ, size)
		}
		return uintptr(f.ByteOffset), nil
	}
	return 0, fmt.Errorf("runtime.%s has no field %s here", owner, name)
}

// typeName is the name of a type in Go.
func typeName(t dwarf.Type) string {
	if s, ok := t.(*dwarf.StructType); ok && s.StructName != "" {
		return s.StructName
	}
	return strings.TrimPrefix(t.String(), "struct ")
}
