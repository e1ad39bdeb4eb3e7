package ondemand

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"reflect"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"lab.example/gopark/internal/child"
	"lab.example/gopark/internal/experiment"
)

func TestMain(m *testing.M) {
	child.Main(func(child.Job) int { return 0 }) // nothing runs here but programs
	goleak.VerifyTestMain(m)
}

// tested is the program in testdata. Without its tag there is nothing to compile.
var tested = Program{
	Package: reflect.TypeFor[Program]().PkgPath() + "/testdata/program",
	Name:    "the subject",
	Tags:    []string{"gopark_tested"},
	Limit:   8 * time.Minute,
}

func silent(string, ...any) {}

// path builds the program, once for all tests.
var path = sync.OnceValues(func() (string, error) { return tested.Build(context.Background(), silent) })

func built(t *testing.T) string {
	name, err := path()
	require.NoError(t, err)
	return name
}

// TestBuild holds that the program stays where it is, and is not built a second time.
func TestBuild(t *testing.T) {
	name := built(t)
	first, err := os.Stat(name)
	require.NoError(t, err)
	again, err := tested.Build(t.Context(), silent)
	require.NoError(t, err)
	require.Equal(t, name, again)
	second, err := os.Stat(name)
	require.NoError(t, err)
	require.True(t, os.SameFile(first, second))
}

func with(change func(p *Program)) Program {
	p := tested
	change(&p)
	return p
}

// TestNoProgram is every way in which there is no program to run: the reader is told what
// to do, whatever the reason is.
func TestNoProgram(t *testing.T) {
	for reason, p := range map[string]Program{
		"takes longer than 1ns":                           with(func(p *Program) { p.Limit = 1 }),
		"does not compile here: ":                         with(func(p *Program) { p.Package += "/nowhere" }),
		"build constraints exclude all Go files":          with(func(p *Program) { p.Tags = nil }),
		"does not compile here: go: unknown GOEXPERIMENT": with(func(p *Program) { p.Env = []string{"GOEXPERIMENT=gopark"} }),
	} {
		t.Run(reason, func(t *testing.T) {
			_, err := p.Build(t.Context(), silent)
			require.ErrorIs(t, err, experiment.ErrUnmet)
			require.ErrorContains(t, err, "the subject is a program of its own, and it ")
			require.ErrorContains(t, err, reason)
			require.ErrorContains(t, err, "run once: "+p.command())
		})
	}
	t.Run("elsewhere", func(t *testing.T) {
		t.Chdir(t.TempDir())
		_, err := tested.Build(t.Context(), silent)
		require.ErrorIs(t, err, experiment.ErrUnmet)
	})
	t.Run("cancelled", func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		enough := errors.New("enough")
		cancel(enough)
		_, err := tested.Build(ctx, silent)
		require.ErrorIs(t, err, enough)
	})
}

func TestCommand(t *testing.T) {
	p := Program{Package: "a/b"}
	require.Equal(t, "go build -o /dev/null a/b", p.command())
	p.Tags = []string{"x", "y"}
	p.Env = []string{"A=1", "B=2"}
	require.Equal(t, "A=1 B=2 go build -tags=x,y -o /dev/null a/b", p.command())
}

// TestWhenSlow holds that who waits for a second is told, once, and that nobody is told
// anything afterwards.
func TestWhenSlow(t *testing.T) {
	for took, want := range map[time.Duration]int{
		time.Second - 1: 0,
		time.Second:     1,
		time.Minute:     1,
	} {
		t.Run(fmt.Sprint(took), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				told := 0
				stop := whenSlow(func() {
					time.Sleep(time.Millisecond) // stop waits for it
					told++
				})
				time.Sleep(took)
				stop()
				require.Equal(t, want, told)
				time.Sleep(time.Hour)
				require.Equal(t, want, told)
			})
		})
	}
}

func TestObserve(t *testing.T) {
	name := built(t)
	got, err := Observe(t.Context(), name, "show", "me")
	require.NoError(t, err)
	require.Equal(t, []experiment.Value{
		{Name: "/args:words", V: []string{"show", "me"}},
		{Name: "/n:bytes", V: int64(3)},
	}, got)

	got, err = Observe(t.Context(), name, "nothing")
	require.NoError(t, err)
	require.Empty(t, got)

	_, err = Observe(t.Context(), name, "talk")
	require.ErrorContains(t, err, `read what the program shows: not a value: "# this is for people`)

	_, err = Observe(t.Context(), name, "fail")
	require.EqualError(t, err, "it is broken")

	_, err = Observe(t.Context(), name, "die")
	require.EqualError(t, err, "program was ended by SIGKILL")

	_, err = Observe(t.Context(), name+"/nowhere")
	require.Error(t, err)
}

// TestObserveEnds cancels the run of a program that has called to say that it runs.
func TestObserveEnds(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer listener.Close()
	ctx, cancel := context.WithCancelCause(t.Context())
	enough := errors.New("enough")
	answered := make(chan struct{})
	go func() {
		defer close(answered)
		defer cancel(enough)
		if conn, err := listener.Accept(); err == nil {
			t.Cleanup(func() { conn.Close() })
		}
	}()
	_, err = Observe(ctx, built(t), "wait", listener.Addr().String())
	require.ErrorIs(t, err, enough)
	listener.Close()
	<-answered
}

func TestParse(t *testing.T) {
	_, err := parse("/a:b 1\n/a:b")
	require.ErrorContains(t, err, "read what the program shows: ")
}
