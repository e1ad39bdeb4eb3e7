package judge

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func labOf(t *testing.T, files map[string]string) lab {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644))
	}
	l, err := readLab(dir)
	require.NoError(t, err)
	return l
}

var two = map[string]string{
	"two.go":            "package two\n\nimport \"lab.example/gopark/internal/hint\"\n\nvar given = hint.With\n",
	"answer.go":         "package two\n\nimport \"unsafe\"\n\nvar _ unsafe.Pointer\n",
	"two_test.go":       "package two\n\nimport \"testing\"\n\nvar clock, gate int\n\nfunc TestMain(*testing.M) {}\n\nfunc Test(*testing.T) {}\n\nfunc TestB(*testing.T) {}\n\nfunc Testing() {}\n\ntype Test1 struct{}\n\nfunc (Test1) TestC() {}\n",
	"outer_test.go":     "package two_test\n\nimport \"testing\"\n\nfunc Test_a(t *testing.T) {}\n\nfunc helper() {}\n",
	"two_plan9_test.go": "package two\n\nfunc TestElsewhere() {}\n",
}

func TestReadLab(t *testing.T) {
	l := labOf(t, two)
	require.Equal(t, "two", l.pkg)
	require.True(t, l.external)
	require.Equal(t, []string{"Test_a", "Test", "TestB"}, l.tests)
	require.ElementsMatch(t, []string{"lab.example/gopark/internal/hint", "unsafe"}, l.imports)
	require.Contains(t, l.judges, "clock")
	require.NotContains(t, l.judges, "helper", "what is declared elsewhere the answer cannot mean")
	require.Len(t, l.receipts(), 2)
	require.Contains(t, string(l.receipts()[outerFile]), "package two_test\n")
	require.Contains(t, string(l.receipts()[receiptFile]), "package two\n")
}

func TestAdmits(t *testing.T) {
	l := labOf(t, two)
	for source, place := range map[string]string{
		"package two\n": "",
		"package two\n\nimport \"unsafe\"\n\nvar p unsafe.Pointer\n":                        "", // as the reference does
		"package two\n\nimport \"lab.example/gopark/internal/hint\"\n":                      "",
		"package two\n\nimport \"golang.org/x/sync/errgroup\"\n":                            "",
		"package two\n\nimport \"lab.example/gopark/internal/child\"\n":                     "answer.go:3",
		"package two\n\nimport (\n\t\"fmt\"\n\n\t\"testing/synctest\"\n)\n":                 "answer.go:6",
		"package two\n\n//go:noinline\nfunc f() {}\n":                                       "",
		"package two\n\n// go:norace is mentioned\nfunc f() {}\n":                           "",
		"package two\n\n//go:norace\nfunc f() {}\n":                                         "answer.go:3",
		"// +build ignore\n\npackage two\n":                                                 "answer.go:1",
		"package two\n\nvar x = clock\n":                                                    "answer.go:3",
		"package two\n\nfunc f() { clock = 1 }\n":                                           "answer.go:3",
		"package two\n\nfunc f() { clock := 1; clock++ }\n":                                 "", // its own
		"package two\n\ntype T struct{ clock int }\n\nfunc f(t T) int { return t.clock }\n": "", // a field
		"package two\n\ntype T struct{ clock int }\n\nvar t = T{clock: 1}\n":                "",
		"package two\n\nvar clock int\n\nvar x = clock\n":                                   "", // declared twice: that is the compiler's to say
		"package two\n\nfunc f() { given() }\n":                                             "",
		"package two\n\nfunc f() {":                                                         "", // and this
	} {
		f := l.admits([]byte(source))
		require.Equal(t, place, f.Place, "%s%s", source, f.Message)
		if place == "" {
			require.Equal(t, Finding{Verdict: Pass}, f)
		} else {
			require.Equal(t, Build, f.Verdict)
		}
	}
}
