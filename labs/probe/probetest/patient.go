// Package probetest asks: do the probes find what they look for?
//
// It is made like a lab: answer.go holds the subjects, right and wrong, that the tests of
// package probe try its probes on, given.go is code that the answer uses. Tests that must
// fail run in a process of their own: patient.go.
package probetest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// patient is set in the process whose tests are ill. What they leave behind, and the
// races that they have, would otherwise fail the process of the tests that look at them.
const patient = "GOPARK_PROBE_PATIENT"

// Ill skips a test that is to fail, unless Examine runs it.
func Ill(t *testing.T) {
	t.Helper()
	if os.Getenv(patient) == "" {
		t.Skip("is run in a process of its own")
	}
}

// Examine runs tests of the calling package that are ill, those whose names match the
// pattern, and returns what they printed and how their process ended.
func Examine(t *testing.T, pattern string) (output string, err error) {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), self, "-test.run="+pattern, "-test.v")
	cmd.Env = append(os.Environ(), patient+"=1", "GORACE=atexit_sleep_ms=0")
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// At returns the place of the line in answer.go that is marked "// at: " and then mark:
// "(answer.go:23)".
func At(t *testing.T, mark string) string {
	t.Helper()
	_, file, _, _ := runtime.Caller(0)
	source, err := os.ReadFile(filepath.Join(filepath.Dir(file), "answer.go"))
	require.NoError(t, err)
	before, _, ok := strings.Cut(string(source), "// at: "+mark+"\n")
	require.True(t, ok, mark)
	return fmt.Sprintf("(answer.go:%d)", 1+strings.Count(before, "\n"))
}
