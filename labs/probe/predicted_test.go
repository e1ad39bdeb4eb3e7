package probe

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPredicted(t *testing.T) {
	for source, want := range map[string]string{
		"func Predict() P { return P{One: 1, Two: 2} }":                                         "One Two",
		"func Predict() P { return P{1, 2} }":                                                   "One Two",
		"func Predict() P { return P{Two: 2} }":                                                 "Two",
		"func Predict() (p P) { p.One = 1; return p }":                                          "One",
		"var p = P{One: 1, Two: 2}\n\nfunc Predict() P { return p }":                            "One Two",
		"func Predict() P { return P{} }":                                                       "",
		"import \"syscall\"\n\nfunc Predict() P { return P{One: int(syscall.SIGINT)} }":         "One",
		"func Predict() P { return P{One: One()} }":                                             "a prediction is made by reading: answer.go:3 uses the program One itself",
		"func Predict() P {\n\tf := Two\n\treturn P{Two: f()} }":                                "a prediction is made by reading: answer.go:4 uses the program Two itself",
		"import \"os/exec\"":                                                                    "a prediction is made by reading: answer.go:3 imports os/exec, with which programs can be started",
		"import \"syscall\"\n\nfunc Predict() P { _, _ = syscall.ForkExec(\"\", nil, nil) }":    "a prediction is made by reading: answer.go:5 uses syscall.ForkExec, and no more than names of signals is needed",
		"func Predict() P { return P{One: 1, Two: 2} }\n\nfunc another() []int { return nil }}": "answer.go:5:36: expected declaration, found '}'",
	} {
		var named []string
		message := said(func(t testing.TB) { named = Predicted(t, "package koans\n\n"+source, []string{"One", "Two"}) })
		if message != "" {
			named = []string{message}
		}
		require.Equal(t, want, strings.Join(named, " "), source)
	}
}

func BenchmarkPredicted(b *testing.B) {
	for b.Loop() {
		Predicted(b, "package koans\n\nfunc Predict() P { return P{One: 1, Two: 2} }", []string{"One", "Two"})
	}
}
