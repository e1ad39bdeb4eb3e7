package labs

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// Every wrong answer of every lab is on the page of the judges, with what it is about.
func TestKills(t *testing.T) {
	for _, l := range All {
		kills, err := l.Kills()
		require.NoError(t, err)
		promises, err := l.Promises()
		require.NoError(t, err)
		require.Len(t, kills, len(promises)-2, "%s: all but start and answer", l.Name)
		first := make(map[string]string) // by what is said
		for _, k := range kills {
			require.NotEmpty(t, k.Words, k.Name)
			require.NotEmpty(t, k.Mistake, "%s/%s has no comment that says what is wrong", l.Name, k.Name)
			require.Empty(t, first[k.Mistake], "%s: the same is said of %s", l.Name, k.Name)
			first[k.Mistake] = k.Name
		}
	}
}

func TestMistake(t *testing.T) {
	answer := "package lab\n\n// Run runs.\nfunc Run() {}\n\n// Stop stops.\nfunc Stop() {}\n"
	for wrong, want := range map[string]string{
		answer: "",
		"package lab\n\n// Run forgets\n// to run.\n//\n// And more.\nfunc Run() {}\n":          "Run forgets to run.",
		"package lab\n\n// Run runs.\nfunc Run() {}\n\n// Stop waits.\nfunc Stop() {}\n":        "Stop waits.",
		"package lab\n\n// Run runs.\nfunc Run() {}\n\n// both\nvar a, b int\n\nfunc Stop() {}": "both",
		"this is no Go": "",
	} {
		require.Equal(t, want, mistake([]byte(wrong), []byte(answer)), wrong)
	}
}
