package child

import (
	"os"
	"slices"
	"strings"
)

// kept are the variables of this process that Env passes on: what a program
// needs to find its files, and what the go command needs to find its caches and
// a compiler. Everything else may be a secret.
var kept = []string{
	"PATH", "HOME", "TMPDIR", "LANG", "USER",
	"XDG_CACHE_HOME", "XDG_CONFIG_HOME", // defaults of GOCACHE and of go env -w
	"GOCACHE", "GOMODCACHE", "GOPATH", "GOROOT",
	"CGO_ENABLED", "CC", // the race detector may need both
	"GOCOVERDIR", "GOMAXPROCS",
	envRun,
}

// fixed make children quick and the go command keep to this machine.
var fixed = []string{
	"GORACE=atexit_sleep_ms=0", // a program built with -race otherwise sleeps for a second at its end
	"GOFLAGS=-buildvcs=false",
	"GOWORK=off",
	"GOTOOLCHAIN=local",
	"GOPROXY=off",
}

// Env returns an environment for children, scrubbed of everything that they do
// not need, in particular of credentials. The go command works in it, with what is
// in its caches: it reaches for no network. Each of extra, "NAME=value", replaces
// what there is under that name.
func Env(extra ...string) []string {
	var env []string
	for _, name := range kept {
		if value, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+value)
		}
	}
	env = append(env, fixed...)
	for _, e := range extra {
		env = setenv(env, e)
	}
	return env
}

// setenv returns env with one "NAME=value" in place of any other for NAME.
func setenv(env []string, assignment string) []string {
	name, _, _ := strings.Cut(assignment, "=")
	return append(unsetenv(env, name), assignment)
}

func unsetenv(env []string, name string) []string {
	return slices.DeleteFunc(slices.Clone(env), func(e string) bool { return strings.HasPrefix(e, name+"=") })
}
