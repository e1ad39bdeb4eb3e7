package terminal

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/experiment/experimenttest"
)

func TestMain(m *testing.M) { experimenttest.Main(m, Experiment, disappointed) }

func TestExperiment(t *testing.T) { experimenttest.Run(t, Experiment) }

func TestSummary(t *testing.T) {
	seen := []string{
		"leader ready", "foreground ready", "foreground stopped by SIGSTOP", "background got SIGINT",
		"foreground got SIGHUP", "foreground got SIGCONT", "foreground answered",
	}
	require.Equal(t, nothing, summary("leader", seen))
	require.Equal(t, "stopped by SIGSTOP, got SIGCONT and SIGHUP", summary("foreground", seen))
	require.Equal(t, "got SIGINT", summary("background", seen))
}

func TestOnlyTheLivingAreAsked(t *testing.T) {
	for last, want := range map[string]bool{
		"ready": true, "got SIGINT": true, "continued": true, "wrote": true,
		"stopped by SIGTTIN": false, "ended by SIGINT": false, "exit 2": false,
	} {
		require.Equal(t, want, canAnswer("foreground", []string{"foreground ready", "foreground " + last, "background exit 2"}), last)
	}
	require.True(t, canAnswer("background", []string{"background stopped by SIGSTOP", "background got SIGHUP"}))
}

// disappointed plays a scene that waits for a signal that does not come.
var disappointed = &experiment.Experiment{
	ID: "signals/disappointed", Question: "?", Files: files,
	Choices: []experiment.Choice{{Text: "no", Because: "so", True: true}, {Text: "yes", Because: "not"}},
	Needs:   experiment.Needs{Linux: true},
	Run: func(ctx context.Context, r *experiment.Recorder) error {
		a, err := r.Start(ctx, "terminal")
		if err == nil {
			_, err = a.Wait()
		}
		return err
	},
	Actors: map[string]experiment.Body{"terminal": func(_ context.Context, r *experiment.Recorder) error {
		if p, ok := os.LookupEnv(envPart); ok {
			return be(p, r)
		}
		arrived := func(s *session) error { return s.await("foreground got SIGINT") }
		s := scene{do: []deed{press(0x03), arrived}, until: []string{"background got SIGINT"}}
		got, err := s.perform(time.Millisecond)
		r.Value("/got:text", got[:])
		return err
	}},
	Check: func(experiment.Observations) error { return nil },
}

// TestWhatDoesNotComeIsNoHang is what lets the experiment be refuted by a kernel that does
// something else.
func TestWhatDoesNotComeIsNoHang(t *testing.T) {
	res, err := experiment.Do(t.Context(), disappointed, experiment.Options{})
	require.NoError(t, err)
	if res.Verdict == experiment.UnmetRun {
		t.Skip(res.Reason)
	}
	got, _ := res.Observations.Lookup("/got:text")
	require.Equal(t, []string{nothing, "got SIGINT", nothing}, got)
}

func BenchmarkExperiment(b *testing.B) { experimenttest.Bench(b, Experiment) }
