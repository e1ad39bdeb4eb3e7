package contract

import (
	"maps"
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment/experimenttest"
	"lab.example/gopark/labs"
)

func TestMain(m *testing.M) { experimenttest.Main(m) }

// Every lab is in a track, and every track has a folder that holds its contracts.
func TestEveryTrackIsHeld(t *testing.T) {
	var tracks, folders []string
	for _, l := range labs.All {
		if !slices.Contains(tracks, l.Track) {
			tracks = append(tracks, l.Track)
		}
	}
	require.ElementsMatch(t, tracks, slices.Collect(maps.Values(Tracks)))
	all, err := os.ReadDir(".")
	require.NoError(t, err)
	for _, entry := range all {
		if entry.IsDir() {
			folders = append(folders, entry.Name())
			require.FileExists(t, entry.Name()+"/"+entry.Name()+"_test.go")
		}
	}
	require.ElementsMatch(t, folders, slices.Collect(maps.Keys(Tracks)))
}
