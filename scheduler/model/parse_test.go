package model_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/hint"
	"lab.example/gopark/scheduler/model"
)

func TestUnusablePrograms(t *testing.T) {
	deep := strings.Repeat(`["rep",1,[`, 300) + strings.Repeat(`]]`, 300)
	for name, c := range map[string]struct{ text, says, hint string }{
		"nothing":             {``, "it is empty", ""},
		"no object":           {`[1]`, "not a", ""},
		"torn":                {`{"procs":[[["yield"`, "unexpected EOF", ""},
		"two objects":         {`{"procs":[[]]} {}`, "more behind the end of the object, at line 1", ""},
		"where in the lines":  {"{\n\"procs\":[[]],\n!}", "at line 3, column 1", ""},
		"no procedures":       {`{"chans":[1]}`, "it has no procs", "smallest program"},
		"none in the list":    {`{"procs":[]}`, "no procedure", "procs[0]"},
		"wrong type":          {`{"chans":["a"],"procs":[[]]}`, "chans", ""},
		"not an operation":    {`{"procs":[[["yield"],17]]}`, "procs[0][1]: 17 is not an operation", ""},
		"unknown":             {`{"procs":[[],[["sned",0]]]}`, `procs[1][0]: there is no operation "sned"`, `"send"`},
		"nothing like it":     {`{"procs":[[["frobnicate",0]]]}`, "there is no operation", "the operations are mark, go"},
		"argument missing":    {`{"procs":[[["go"]]]}`, "go takes 1 arguments and not 0", ""},
		"argument no integer": {`{"procs":[[["go","x"]]]}`, `procs[0][0]: "x" is not an integer`, ""},
		"argument a fraction": {`{"procs":[[["go",0.5]]]}`, `0.5 is not an integer`, ""},
		"no such procedure":   {`{"procs":[[["go",1]]]}`, "procs[0][0]: go: there is no procedure 1: they are numbered from 0 to 0", ""},
		"no such channel":     {`{"procs":[[["send",0]]]}`, "there is no channel 0: the program has none", ""},
		"negative":            {`{"chans":[0],"procs":[[["recv",-1]]]}`, "there is no channel -1", ""},
		"huge":                {`{"chans":[0],"procs":[[["recv",99999999999]]]}`, "there is no channel 99999999999", ""},
		"in a loop":           {`{"procs":[[["rep",2,[["rep",2,[["lock",0]]]]]]]}`, "procs[0][0][2][0][2][0]: lock: there is no mutex 0", ""},
		"rep of zero":         {`{"procs":[[["rep",0,[]]]]}`, "rep 0: want a number from 1", ""},
		"rep without body":    {`{"procs":[[["rep",3]]]}`, "rep takes 2 arguments and not 1", ""},
		"too deep":            {`{"procs":[[` + deep + `]]}`, "nested deeper than 200", ""},
		"capacity":            {`{"chans":[-2],"procs":[[]]}`, "chans[0]: a capacity of -2", ""},
		"cond of no mutex":    {`{"conds":[0],"procs":[[]]}`, "conds[0]: there is no mutex 0", ""},
		"wait group":          {`{"wgs":[-1],"procs":[[]]}`, "wgs[0]: a counter cannot start at -1", ""},
		"so many mutexes":     {`{"mutexes":99999999,"procs":[[]]}`, "mutexes: 99999999 is not between", ""},
		"timer of no proc":    {`{"timers":[3],"procs":[[]]}`, "timers[0]: there is no procedure 3", ""},
		"no duration":         {`{"procs":[[["sleep","soon"]]]}`, `"soon" is not a duration`, ""},
		"backwards":           {`{"procs":[[["cpu","-1s"]]]}`, "want a time from 0", ""},
		"for ever":            {`{"procs":[[["sleep","10000h"]]]}`, "want a time from 0", ""},
		"select of what":      {`{"procs":[[["select",[["sent",0]]]]]}`, `procs[0][0]: want ["select"`, ""},
		"select on what":      {`{"chans":[0],"procs":[[["select",[["send",0],["recv",1]]]]]}`, "select, case 1: there is no channel 1", ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := model.Parse([]byte(c.text))
			require.ErrorIs(t, err, model.ErrProgram)
			require.ErrorContains(t, err, c.says)
			require.Contains(t, hint.Of(err), c.hint)
		})
	}
}

func TestEndlessPrograms(t *testing.T) {
	parse := func(text string) *model.Program {
		f, err := model.Parse([]byte(text))
		require.NoError(t, err)
		return f.Program
	}
	for name, text := range map[string]string{
		"an empty loop":     `{"procs":[[["rep",4000000000,[["rep",4000000000,[]]]]]]}`,
		"Gosched":           `{"procs":[[["rep",4000000000,[["yield"]]]]]}`,
		"two who wake":      `{"chans":[0,0],"procs":[[["go",1],["rep",4000000000,[["send",0],["recv",1]]]],[["rep",4000000000,[["recv",0],["send",1]]]]]}`,
		"a timer":           `{"timers":[0],"procs":[[["reset",0,"1ms"]]]}`,
		"one after another": `{"procs":[[["go",0]]]}`,
		"sleeping":          `{"procs":[[["rep",4000000000,[["sleep","1ms"]]]]]}`,
		"the network":       `{"procs":[[["rep",4000000000,[["net","1ms"]]]]]}`,
	} {
		t.Run(name, func(t *testing.T) {
			for _, procs := range []int{1, 3} {
				_, err := model.Run(t.Context(), parse(text), model.Config{Procs: procs, Steps: 100_000})
				require.ErrorIs(t, err, model.ErrSteps)
			}
		})
	}
	_, err := model.Run(t.Context(), parse(`{"procs":[[["rep",4000000000,[["mark",0]]]]]}`), model.Config{Steps: 100_000})
	require.ErrorContains(t, err, "goroutine 0 is at")
	require.ErrorContains(t, err, "procs[0]:", "the place")

	_, err = model.Run(t.Context(), parse(`{"procs":[[["go",0],["go",0]]]}`), model.Config{Goroutines: 1000})
	require.ErrorIs(t, err, model.ErrGoroutines)
	require.ErrorContains(t, err, "procs[0]: go 0")
}

// What the runtime does to a program that misuses a primitive.
func TestMisuse(t *testing.T) {
	for name, c := range map[string]struct {
		program string
		status  string
		order   []model.Event
	}{
		"unlock":        {`{"mutexes":1,"procs":[[["unlock",0]]]}`, "fatal error: sync: unlock of unlocked mutex", nil},
		"cond wait":     {`{"mutexes":1,"conds":[0],"procs":[[["cwait",0]]]}`, "fatal error: sync: unlock of unlocked mutex", nil},
		"runlock":       {`{"rwmutexes":1,"procs":[[["runlock",0]]]}`, "fatal error: sync: RUnlock of unlocked RWMutex", nil},
		"wunlock":       {`{"rwmutexes":1,"procs":[[["wunlock",0]]]}`, "fatal error: sync: Unlock of unlocked RWMutex", nil},
		"done":          {`{"wgs":[0],"procs":[[["done",0],["mark",1]]]}`, "all exited", []model.Event{{Res: 1}}},
		"send, closed":  {`{"chans":[1],"procs":[[["close",0],["send",0],["mark",1]]]}`, "all exited", []model.Event{{}, {PC: 1, Res: 1}}},
		"close, closed": {`{"chans":[1],"procs":[[["close",0],["close",0]]]}`, "all exited", []model.Event{{}, {PC: 1, Res: 1}}},
		"close nil":     {`{"chans":[-1],"procs":[[["close",0]]]}`, "all exited", []model.Event{{Res: 1}}},
		"try, closed":   {`{"chans":[1],"procs":[[["close",0],["trysend",0]]]}`, "all exited", []model.Event{{}, {PC: 1, Res: 1001}}},
		"select, closed": {
			`{"chans":[1,0],"procs":[[["close",0],["select",[["send",0],["recv",1]]]]]}`, "all exited",
			[]model.Event{{}, {PC: 1, Res: 1001}},
		},
		"nil channel":    {`{"chans":[-1],"procs":[[["trysend",0],["tryrecv",0],["recv",0]]]}`, "1 goroutines blocked forever", []model.Event{{}, {PC: 1}}},
		"default":        {`{"chans":[0,0],"procs":[[["select",[["send",0],["recv",1]],"default"]]]}`, "all exited", []model.Event{{Res: -1}, {PC: 1}}},
		"no cases":       {`{"procs":[[["select",[]]]]}`, "1 goroutines blocked forever", nil},
		"only a default": {`{"procs":[[["select",[],"default"]]]}`, "all exited", []model.Event{{Res: -1}, {PC: 1}}},
	} {
		t.Run(name, func(t *testing.T) {
			f, err := model.Parse([]byte(c.program))
			require.NoError(t, err)
			r, err := model.Run(t.Context(), f.Program, model.Config{})
			require.NoError(t, err)
			require.Equal(t, c.status, r.Status)
			require.Equal(t, c.order, slices.Collect(r.Order()))
		})
	}
}

// Deadlock is reported in the words of the runtime.
func TestReport(t *testing.T) {
	f, err := model.Parse([]byte(`{"chans":[0,-1],"mutexes":1,"rwmutexes":1,"conds":[0],"wgs":[1],"procs":[
		[["lock",0],["go",1],["go",2],["go",3],["go",4],["go",5],["go",6],["go",7],["wait",0]],
		[["send",0]],[["recv",1]],[["select",[["send",1],["recv",1]]]],[["lock",0]],[["rlock",0],["wlock",0]],[["rlock",0]],[["select",[]]]]}`))
	require.NoError(t, err)
	r, err := model.Run(t.Context(), f.Program, model.Config{Tick0: 1})
	require.NoError(t, err)
	require.Equal(t, "8 goroutines blocked forever", r.Status)
	report := r.Report(f.Program)
	for _, want := range []string{
		"fatal error: all goroutines are asleep - deadlock!",
		"goroutine 0 [sync.WaitGroup.Wait]:\n\tprocs[0]: wait 0",
		"goroutine 1 [chan send]", "goroutine 2 [chan receive (nil chan)]", "goroutine 3 [select]",
		"goroutine 4 [sync.Mutex.Lock]", "goroutine 5 [sync.RWMutex.Lock]", "goroutine 6 [sync.RWMutex.RLock]",
		"goroutine 7 [select (no cases)]",
	} {
		require.Contains(t, report, want)
	}
}

// FuzzProgram looks for a text that makes the parser, or the machine, panic or hang.
func FuzzProgram(f *testing.F) {
	paths, err := filepath.Glob("testdata/order/[bcpst]*.json")
	require.NoError(f, err)
	for _, path := range paths {
		data, err := os.ReadFile(path)
		require.NoError(f, err)
		file, err := model.Parse(data)
		require.NoError(f, err)
		program, err := json.Marshal(file.Program)
		require.NoError(f, err)
		f.Add(program, uint16(1))
	}
	for seed := range uint64(20) {
		program, err := json.Marshal(randomProgram(seed, true))
		require.NoError(f, err)
		f.Add(program, uint16(seed*37))
	}
	f.Fuzz(func(t *testing.T, data []byte, how uint16) {
		file, err := model.Parse(data)
		if err != nil {
			require.ErrorIs(t, err, model.ErrProgram)
			return
		}
		_ = file.Program.String()
		policy := model.Policies[int(how>>4)%len(model.Policies)]
		m, err := model.New(file.Program, model.Config{
			Procs: 1 + int(how%4), Seed: uint64(how), Tick0: uint32(how), Rules: policy.Rules, Steps: 20_000, Goroutines: 2_000,
		})
		if err != nil {
			require.ErrorIs(t, err, model.ErrProgram)
			return
		}
		r, err := m.Run(t.Context())
		switch {
		case errors.Is(err, model.ErrSteps), errors.Is(err, model.ErrGoroutines):
		case err != nil:
			t.Fatal(err)
		default:
			_ = r.Report(file.Program)
			require.NoError(t, m.Whereabouts(), "%s", file.Program)
		}
	})
}
