package stacks

import (
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const dump = `SIGQUIT: quit
PC=0x47f0c1 m=0 sigcode=0

goroutine 7 gp=0xc000003dc0 m=nil [sync.Mutex.Lock, 2 minutes, synctest bubble 3]:
internal/sync.(*Mutex).Lock(...)
	/usr/local/go/src/internal/sync/mutex.go:70
example/first.Run({0x1b4?, 0x0?}, 0xc0)
	/home/learner/first/answer.go:8 +0x5f
created by testing.(*T).Run in goroutine 1
	/usr/local/go/src/testing/testing.go:2101 +0x4c5

goroutine 8 [chan send (durable), synctest bubble 3]:
example/first.Run.func1()
	/home/learner/first/answer.go:12 +0x25 fp=0x1 sp=0x2 pc=0x3
created by example/first.Run in goroutine 7
	/home/learner/first/answer.go:11 +0x73

goroutine 9 [running]:
	goroutine running on other thread; stack unavailable
created by example/first.Run in goroutine 7
	/home/learner/first/answer.go:20 +0x73

rax    0xca
`

func TestParse(t *testing.T) {
	const file = "/home/learner/first/answer.go"
	require.Equal(t, []Goroutine{
		{
			ID: 7, Wait: "sync.Mutex.Lock", Bubble: 3,
			Frames: []Frame{
				{"internal/sync.(*Mutex).Lock", "/usr/local/go/src/internal/sync/mutex.go", 70},
				{"example/first.Run", file, 8},
			},
			Created: Frame{"testing.(*T).Run", "/usr/local/go/src/testing/testing.go", 2101},
		},
		{
			ID: 8, Wait: "chan send", Bubble: 3,
			Frames:  []Frame{{"example/first.Run.func1", file, 12}},
			Created: Frame{"example/first.Run", file, 11},
		},
		{ID: 9, Wait: "running", Created: Frame{"example/first.Run", file, 20}},
	}, Parse(dump))
}

func TestSummary(t *testing.T) {
	all := Parse(dump)
	all = append(all, all[1])
	require.Equal(t, "2 in chan send (answer.go:12), 1 in sync.Mutex.Lock (answer.go:8), 1 running (answer.go:20)",
		Summary(all, "/home/learner/first"))
	require.Equal(t, "none of them in this folder", Summary(all, "/home/learner"))
}

// The runtime's own format, not the one that we remember.
func TestParseThisProcess(t *testing.T) {
	_, file, line, _ := runtime.Caller(0)
	own := Parse(All())
	require.NotEmpty(t, own)
	require.Equal(t, "running", own[0].Wait)
	require.Contains(t, own[0].Frames, Frame{"lab.example/gopark/internal/stacks.TestParseThisProcess", file, line + 1})
	require.Equal(t, "testing.(*T).Run", own[0].Created.Func)
}

func FuzzParse(f *testing.F) {
	f.Add(dump)
	f.Add(All())
	f.Fuzz(func(_ *testing.T, dump string) { Summary(Parse(dump), "/home/learner/first") })
}

func TestBlocked(t *testing.T) {
	const dump = `goroutine 1 [running]:
main.main()
	/tmp/x.go:5 +0x1d

goroutine 7 [select, 2 minutes]:
lab/interrupt.(*Handle).Sleep(0xc00001, 0x34630b8a000)
	/tmp/handle.go:10 +0x2a
main.work()
	/tmp/x.go:9 +0x1d

goroutine 8 [chan receive]:
runtime.gopark(0x1)
	/go/src/runtime/proc.go:460 +0xce
main.wait(...)
	/tmp/x.go:19 +0x1d

goroutine 9 [runnable]:
main.ready()
	/tmp/x.go:29 +0x1d`
	for _, c := range []struct {
		function, wait string
		ok             bool
	}{
		{"interrupt.(*Handle).Sleep", "select", true},
		{"main.wait", "chan receive", true}, // below frames of the runtime
		{"main.ready", "", false},           // could run: not blocked
		{"main.main", "", false},            // runs
		{"main.work", "", false},            // not the innermost call
		{"main.absent", "", false},
	} {
		wait, ok := Blocked(Parse(dump), c.function)
		require.Equal(t, c.ok, ok, c.function)
		require.Equal(t, c.wait, wait, c.function)
	}
}

func TestOwn(t *testing.T) {
	for _, f := range []struct {
		Frame
		own bool
	}{
		{Frame{"main.main", "./main.go", 1}, true},
		{Frame{"main.main", "/home/learner/src/main/main.go", 1}, true},
		{Frame{"example/first.Run.func1", "/home/learner/first/answer.go", 1}, true},
		{Frame{"lab.example/gopark/labs.(*Cmd).Run", "lab.example/gopark/labs/cmd.go", 1}, true},
		{Frame{"runtime.gopark", "/usr/local/go/src/runtime/proc.go", 1}, false},
		{Frame{"runtime.gopark", "runtime/proc.go", 1}, false},
		{Frame{"net/http.(*Server).Serve", "/opt/go/src/net/http/server.go", 1}, false},
		{Frame{"net/http.(*Server).Serve", "net/http/server.go", 1}, false},
		{Frame{"sync.fatal", "runtime/panic.go", 1}, false},
		{Frame{"internal/runtime/maps.fatal", "/opt/go/src/runtime/panic.go", 1}, false},
		{Frame{"panic", "/opt/go/src/runtime/panic.go", 1}, false},
	} {
		got, own := Goroutine{Frames: []Frame{f.Frame}}.Own()
		require.Equal(t, f.own, own, f.Func)
		if own {
			require.Equal(t, f.Frame, got)
		}
	}
	g := Goroutine{Frames: []Frame{{"runtime.gopark", "runtime/proc.go", 1}}, Created: Frame{"main.main", "./main.go", 9}}
	f, ok := g.Own()
	require.True(t, ok)
	require.Equal(t, g.Created, f)
}
