package maxprocs

import (
	"fmt"
	"runtime"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/experiment/experimenttest"
	"lab.example/gopark/internal/timeline"
)

func TestMain(m *testing.M) { experimenttest.Main(m, Experiment) }

func TestExperiment(t *testing.T) { experimenttest.Run(t, Experiment) }

// TestPicture holds that as many Ps are drawn as each program says that it has, those of
// the confined one in two steps.
func TestPicture(t *testing.T) { experimenttest.Picture(t, Experiment, requirePs) }

func requirePs(t *testing.T, o experiment.Observations) {
	t.Helper()
	var seen observed
	require.NoError(t, o.Decode(&seen))
	var want, got []timeline.Subject
	add := func(program string, from, to int64) {
		for i := from; i < min(shown, to); i++ {
			want = append(want, timeline.Subject{Kind: timeline.Proc, ID: fmt.Sprintf("%d/%s", i, program)})
		}
	}
	add("free", 0, seen.Procs)
	add("confined", 0, seen.FewerProcs)
	add("confined", seen.FewerProcs, seen.SetBack)
	running := 0
	for _, e := range o.Events {
		require.Equal(t, timeline.Observed, e.Provenance)
		got = append(got, e.Subject)
		if e.To == timeline.Running {
			running++
		}
	}
	require.Equal(t, want, got)
	require.NotZero(t, running)
}

func TestSnapshot(t *testing.T) {
	for _, n := range []int{1, 12, 3} {
		func() {
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(n))
			ps, err := snapshot()
			require.NoError(t, err)
			require.Len(t, ps, n)
			for i, p := range ps {
				require.Equal(t, timeline.P(i), p.Subject)
			}
		}()
	}
}

func TestLaw(t *testing.T) {
	require.Equal(t, int64(8), law(8, 0), "no limit")
	require.Equal(t, int64(3), law(8, 2.5), "rounded up")
	require.Equal(t, int64(2), law(8, 0.5), "never less than two")
	require.Equal(t, int64(1), law(1, 0.5), "not more than there are")
	require.Equal(t, int64(4), law(4, 16))
}

func TestMoreThanThereAre(t *testing.T) {
	if Experiment.Needs.Met() != nil || runtime.NumCPU() >= 256 {
		t.Skip("needs Linux and fewer than 256 cores")
	}
	_, err := experiment.Do(t.Context(), Experiment, experiment.Options{Knobs: map[string]int64{"cores": 256}})
	require.ErrorIs(t, err, experiment.ErrKnob)
}

func TestMembership(t *testing.T) {
	for text, want := range map[string]struct {
		path    string
		version int
	}{
		"0::/user.slice/a:b\n":                         {"/user.slice/a:b", 2},
		"2:cpu,cpuacct:/docker/7\n0::/\n":              {"/docker/7", 1},
		"0::/x\n3:cpuset:/no\n2:cpuacct,cpu:/docker\n": {"/docker", 1},
		"3:cpuset:/no\n":                               {"", 0},
		"":                                             {"", 0},
	} {
		path, version := membershipOf(text)
		require.Equal(t, want.path, path, text)
		require.Equal(t, want.version, version, text)
	}
}

func TestDirectory(t *testing.T) {
	const mounts = `31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
34 31 0:31 / /sys/fs/cgroup/cpuset rw,relatime - cgroup cgroup rw,cpuset
32 31 0:29 /docker/7 /sys/fs/cgroup/cpu rw,relatime shared:9 - cgroup cgroup rw,cpu,cpuacct
41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
broken
`
	for _, c := range []struct {
		path    string
		version int
		want    string
	}{
		{"/docker/7", 1, "/sys/fs/cgroup/cpu"},
		{"/docker/7/inner", 1, "/sys/fs/cgroup/cpu/inner"},
		{"/", 1, ""}, // above what is mounted
		{"/", 2, "/sys/fs/cgroup/unified"},
		{"/a/b", 2, "/sys/fs/cgroup/unified/a/b"},
		{"", 0, ""},
	} {
		dir, ok := directory(mounts, c.path, c.version)
		require.Equal(t, c.want, dir, c)
		require.Equal(t, c.want != "", ok)
	}
}

func TestReadLimit(t *testing.T) {
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	for _, c := range []struct {
		dir     fstest.MapFS
		version int
		want    float64
	}{
		{fstest.MapFS{"cpu.max": file("150000 100000\n")}, 2, 1.5},
		{fstest.MapFS{"cpu.max": file("max 100000\n")}, 2, 0},
		{fstest.MapFS{}, 2, 0},
		{fstest.MapFS{"cpu.cfs_quota_us": file("50000\n"), "cpu.cfs_period_us": file("100000\n")}, 1, 0.5},
		{fstest.MapFS{"cpu.cfs_quota_us": file("-1\n"), "cpu.cfs_period_us": file("100000\n")}, 1, 0},
	} {
		limit, err := readLimit(c.dir, c.version)
		require.NoError(t, err)
		require.Equal(t, c.want, limit)
	}
	_, err := readLimit(fstest.MapFS{"cpu.max": file("much")}, 2)
	require.ErrorContains(t, err, "read quota")
	_, err = readLimit(fstest.MapFS{"cpu.max": file("100000")}, 2)
	require.ErrorContains(t, err, "read period")
}

func BenchmarkExperiment(b *testing.B) { experimenttest.Bench(b, Experiment) }
