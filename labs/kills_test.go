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
		for _, k := range kills {
			require.NotEmpty(t, k.Words, k.Name)
			require.NotEmpty(t, k.Mistake, "%s/%s does not say in its first comment what is wrong", l.Name, k.Name)
		}
	}
}
