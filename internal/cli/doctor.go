package cli

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"runtime"
	"strings"
	"time"

	"lab.example/gopark/internal/child"
	"lab.example/gopark/internal/chromium"
	"lab.example/gopark/internal/excerpt"
	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/hint"
)

// Doctor is "gopark doctor".
type Doctor struct {
	JSON bool `help:"Print a JSON object of machine, checks, experiments."`
}

// Help is the long help text.
func (Doctor) Help() string {
	return `Says what this machine can and cannot do, and what to install for the rest.
Nothing is changed. The exit status is 0 whatever is found.

With --json
  machine      go, os, arch, cores, gomaxprocs
  checks       objects of name, ok, detail, hint
  experiments  objects of id, reason: those that cannot be measured here`
}

type checkup struct {
	Name   string `json:"name"`
	OK     bool   `json:"ok"`
	Detail string `json:"detail"`
	Hint   string `json:"hint,omitempty"`
}

type machine struct {
	Go         string `json:"go"`
	OS         string `json:"os"`
	Arch       string `json:"arch"`
	Cores      int    `json:"cores"`
	GOMAXPROCS int    `json:"gomaxprocs"`
}

type unmeasurable struct {
	ID     string `json:"id"`
	Reason string `json:"reason"`
}

type diagnosis struct {
	Machine     machine        `json:"machine"`
	Checks      []checkup      `json:"checks"`
	Experiments []unmeasurable `json:"experiments"`
}

// checks are what the doctor looks at, in order. Each returns what it found, or why it
// is missing, with a hint.
var checks = []struct {
	name string
	look func(context.Context, *Terminal) (string, error)
}{
	{"Go toolchain", lookToolchain},
	{"Go sources", lookSources},
	{"cores", lookCores},
	{"race detector", lookRace},
	{"supervised processes", lookProcesses},
	{"terminal", lookTerminal},
	{"Chromium", lookChromium},
}

// Run does it.
func (d Doctor) Run(ctx context.Context, t *Terminal, catalogue experiment.Catalogue) error {
	found := diagnosis{
		Machine:     machine{runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.GOMAXPROCS(0)},
		Experiments: []unmeasurable{},
	}
	for _, c := range checks {
		detail, err := c.look(ctx, t)
		if err := context.Cause(ctx); err != nil {
			return err
		}
		if err != nil {
			detail = err.Error()
		}
		found.Checks = append(found.Checks, checkup{c.name, err == nil, detail, hint.Of(err)})
	}
	for e := range catalogue.All() {
		if err := e.Needs.Met(); err != nil {
			found.Experiments = append(found.Experiments, unmeasurable{e.ID, err.Error()})
		}
	}
	if d.JSON {
		return t.JSON(found)
	}
	printDiagnosis(t, found, len(catalogue.IDs()))
	return nil
}

func printDiagnosis(t *Terminal, d diagnosis, experiments int) {
	for _, c := range d.Checks {
		mark := "ok     "
		if !c.OK {
			mark = "missing"
		}
		t.Prose(fmt.Sprintf("%s  %s", mark, pad(c.Name, 22)), strings.Repeat(" ", 31), c.Detail)
		if c.Hint != "" {
			t.Prose(strings.Repeat(" ", 31)+"> ", strings.Repeat(" ", 33), c.Hint)
		}
	}
	t.Printf("\n%d of %d experiments can be measured here.\n", experiments-len(d.Experiments), experiments)
	for _, e := range d.Experiments {
		t.Prose("  "+e.ID+": ", "    ", e.Reason)
	}
}

// goEnv asks the go command for its settings.
func goEnv(ctx context.Context, names ...string) ([]string, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, "go", append([]string{"env"}, names...)...).Output()
	if errors.Is(err, exec.ErrNotFound) {
		return nil, hint.With(errors.New("the go command is not on PATH"), "install Go %s or later from go.dev/dl", "1.26")
	}
	if err != nil {
		return nil, fmt.Errorf("run go env: %w", err)
	}
	values := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
	if len(values) != len(names) {
		return nil, fmt.Errorf("go env printed %d lines for %d settings", len(values), len(names))
	}
	return values, nil
}

func lookToolchain(ctx context.Context, _ *Terminal) (string, error) {
	env, err := goEnv(ctx, "GOVERSION", "GOROOT")
	if err != nil {
		return "", err
	}
	if env[0] != runtime.Version() {
		return "", hint.With(fmt.Errorf("the go command is %s, this binary was built with %s", env[0], runtime.Version()),
			"labs and quoted sources use the go command's version; build gopark again with it")
	}
	return env[0], nil
}

func lookSources(context.Context, *Terminal) (string, error) {
	found, err := excerpt.Goroot("runtime/proc.go", "schedule")
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("runtime.schedule is in proc.go, line %d", found.Line), nil
}

func lookCores(context.Context, *Terminal) (string, error) {
	cores, procs := runtime.NumCPU(), runtime.GOMAXPROCS(0)
	if cores < 2 {
		return "", hint.With(fmt.Errorf("%d core", cores), "experiments about several P's at work need two")
	}
	return fmt.Sprintf("%d, GOMAXPROCS %d", cores, procs), nil
}

func lookRace(ctx context.Context, _ *Terminal) (string, error) {
	env, err := goEnv(ctx, "CGO_ENABLED", "CC")
	if err != nil {
		return "", err
	}
	const way = "the race detector needs cgo and a C compiler; without them labs say \"race: not checked\""
	if env[0] != "1" {
		return "", hint.With(errors.New("cgo is off"), "set CGO_ENABLED=1; %s", way)
	}
	compiler, _, _ := strings.Cut(env[1], " ")
	path, err := exec.LookPath(compiler)
	if err != nil {
		return "", hint.With(fmt.Errorf("no C compiler %q on PATH", compiler), "on Debian: apt-get install gcc libc6-dev; %s", way)
	}
	return "cgo is on, " + path, nil
}

func lookProcesses(ctx context.Context, _ *Terminal) (string, error) {
	if err := child.Supported(); err != nil {
		return "", err
	}
	start := time.Now()
	status, err := child.Run(ctx, child.Spec{Path: "true"})
	if err != nil {
		return "", err
	}
	if status.Exit != 0 {
		return "", fmt.Errorf("the command true ended with status %d %s %s", status.Exit, status.Signal, status.Reason)
	}
	return fmt.Sprintf("one was started and ended in %v; none can be left behind", time.Since(start).Round(100*time.Microsecond)), nil
}

func lookTerminal(_ context.Context, t *Terminal) (string, error) {
	if !t.Interactive {
		return "", hint.With(errors.New("input or output is not a terminal"), "gopark run does not ask here; use --predict")
	}
	return fmt.Sprintf("%d columns", t.Width), nil
}

func lookChromium(context.Context, *Terminal) (string, error) {
	path, err := chromium.Find()
	if err != nil {
		return "", err
	}
	return path + ", for the browser test", nil
}
