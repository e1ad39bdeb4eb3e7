package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"os"
	"os/exec"
	"runtime/pprof"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.uber.org/goleak"
)

// TestMain has the test binary be the program, which starts itself as the consumer.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && !strings.HasPrefix(os.Args[1], "-test.") {
		os.Exit(run(os.Args[1:]))
	}
	os.Setenv("GORACE", "atexit_sleep_ms=0") // of the processes that it starts
	goleak.VerifyTestMain(m)
}

// small is a scene whose numbers are easy to follow: 10 polls of 10.
var small = scene{Records: 100, Record: 43, More: 30, Batch: 10, Channel: 25}

func startCluster(t *testing.T) *cluster {
	c, err := connect(t.Context(), nil)
	require.NoError(t, err)
	t.Cleanup(c.close)
	return c
}

func TestTrial(t *testing.T) {
	t.Parallel()
	c := startCluster(t)
	for _, test := range []struct {
		name   string
		scene  scene
		policy string
		ending string
		want   outcome
	}{
		{"the rest of the poll", small, "inline, autocommit of all polled", exitedName, outcome{7, 0, "exit 1"}},
		{"polled 70, handled 43", small, greedyAhead, loggedName, outcome{27, 0, "alive"}},
		{"a poll before that", small, "channel, autocommit of the polls before", loggedName, outcome{17, 0, "alive"}},
		{
			"handed on all of a poll",
			scene{Records: 100, Record: 44, More: 30, Batch: 10, Channel: 25},
			greedyAhead, loggedName,
			outcome{36, 0, "alive"},
		},
		{"all since the end of the topic", small, neverNewest, exitedName, outcome{87, 0, "exit 1"}},
		{
			"its own successor", small, "inline, commit after each poll",
			"recover into an error; stop, close, start again",
			outcome{0, 3, "alive"},
		},
		{
			"nothing was committed", small, "channel, autocommit of all polled, before its tick",
			exitedName,
			outcome{0, 43, "exit 1"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			p, err := findPolicy(test.policy)
			require.NoError(t, err)
			got, err := trial(t.Context(), c, test.scene, p, findEnding(test.ending), nil)
			require.NoError(t, err)
			require.Equal(t, test.want, got)
		})
	}
}

// TestNothingIsLeftBehind is on somebody's broker: when all is over, there is no topic and
// no group that was not there before.
func TestNothingIsLeftBehind(t *testing.T) {
	t.Parallel()
	fake, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(1, "theirs"))
	require.NoError(t, err)
	defer fake.Close()
	c, err := connect(t.Context(), fake.ListenAddrs())
	require.NoError(t, err)
	defer c.close()
	p, err := findPolicy(greedyAhead)
	require.NoError(t, err)
	for _, e := range endings {
		_, err := trial(t.Context(), c, small, p, e, nil)
		require.NoError(t, err, e.name)
	}
	fresh, err := connect(t.Context(), fake.ListenAddrs()) // one that remembers nothing
	require.NoError(t, err)
	defer fresh.close()
	topics, err := fresh.admin.ListTopics(t.Context())
	require.NoError(t, err)
	require.Equal(t, []string{"theirs"}, topics.Names())
	groups, err := fresh.admin.ListGroups(t.Context())
	require.NoError(t, err)
	require.Empty(t, groups.Groups())
}

// TestLeash lets go of consumers: they end, though nothing else makes them.
func TestLeash(t *testing.T) {
	t.Parallel()
	c := startCluster(t)
	p, err := findPolicy(greedyAhead)
	require.NoError(t, err)
	for _, name := range []string{loggedName, "recover into an error; stop, close, start again"} {
		_, err = trial(t.Context(), c, small, p, findEnding(name), func(ctx context.Context, _ scope, consumer *process) error {
			require.Equal(t, "alive", consumer.String())
			require.NoError(t, consumer.stdin.Close())
			require.NoError(t, consumer.wait(ctx))
			return errLetGo
		})
		require.ErrorIs(t, err, errLetGo)
	}
}

var errLetGo = errors.New("let go")

// TestZombieForAnHour leaves the zombie alone for an hour, on the clock of a bubble.
func TestZombieForAnHour(t *testing.T) {
	const beat = 3 * time.Second // the client's default
	synctest.Test(t, func(t *testing.T) {
		var network kfake.VirtualNetwork
		fake, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.Ports(9092), kfake.ListenFn(network.Listen),
			kfake.SeedTopics(1, "orders"))
		require.NoError(t, err)
		defer fake.Close()
		opts := append(base(fake.ListenAddrs()), kgo.Dialer(network.DialContext), kgo.HeartbeatInterval(beat))
		producer, err := kgo.NewClient(opts...)
		require.NoError(t, err)
		defer producer.Close()
		for range small.Records {
			producer.Produce(t.Context(), &kgo.Record{Topic: "orders"}, nil)
		}
		require.NoError(t, producer.Flush(t.Context()))

		heard := &lines{came: make(chan struct{})}
		p, err := findPolicy(greedyAhead)
		require.NoError(t, err)
		c := &consumer{scene: small, policy: p, known: &customers{late: small.Record}, tell: heard.tell}
		ctx, cancel := context.WithCancel(t.Context())
		require.NoError(t, logged(ctx, &life{open: func() (*consumer, error) {
			return c, c.open("orders", "shop", opts...)
		}}))
		heard.await("returned")
		beats := heard.count(heartbeating)
		time.Sleep(time.Hour)

		require.Greater(t, heard.count(heartbeating), beats+int(time.Hour/beat/2))
		group := fake.GroupInfo("shop")
		require.Equal(t, "Stable", group.State)
		require.Len(t, group.Members, 1)
		require.Equal(t, small.Record, heard.count("handled %d"))
		committed, _ := c.committed.at()
		require.EqualValues(t, small.polledAhead(), committed)

		cancel()
		for range c.work { // the one that hands on is let go, and then finds that ctx has ended
			if len(c.work) == 0 {
				break
			}
		}
		c.client.Close()
	})
}

// lines keeps what a consumer tells.
type lines struct {
	mu   sync.Mutex
	all  []string
	came chan struct{} // closed and replaced with every line
}

func (l *lines) tell(format string, _ ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all = append(l.all, format)
	close(l.came)
	l.came = make(chan struct{})
}

func (l *lines) count(line string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return times(l.all, line)
}

func (l *lines) await(line string) {
	for {
		l.mu.Lock()
		there, came := slices.Contains(l.all, line), l.came
		l.mu.Unlock()
		if there {
			return
		}
		<-came
	}
}

func TestCount(t *testing.T) {
	require.Equal(t, outcome{lost: 2, twice: 3}, count([]int{0, 1, 1, 3, 3, 3, 5, 99}, 6))
}

func TestParseLeaks(t *testing.T) {
	var text bytes.Buffer
	require.NoError(t, pprof.Lookup("goroutine").WriteTo(&text, 0)) // it has the same form
	total, at, err := parseLeaks(base64.StdEncoding.EncodeToString(text.Bytes()))
	require.NoError(t, err)
	require.GreaterOrEqual(t, total, 2) // this one, and the test runner's
	require.Contains(t, at, "elsewhere")
	for _, bad := range []string{"?", base64.StdEncoding.EncodeToString([]byte("no profile"))} {
		_, _, err := parseLeaks(bad)
		require.Error(t, err)
	}
}

func TestPoliciesAndEndingsHaveNames(t *testing.T) {
	for _, p := range policies {
		found, err := findPolicy(p.name)
		require.NoError(t, err)
		require.Equal(t, p.name, found.name)
	}
	_, err := findPolicy("now and then")
	require.ErrorContains(t, err, `"now and then"`)
	for _, e := range endings {
		require.NotNil(t, findEnding(e.name).live, e.name)
	}
	require.Nil(t, findEnding("happily").live)
}

// TestErrors runs the program as a reader does who gets something wrong.
func TestErrors(t *testing.T) {
	t.Parallel()
	self, err := os.Executable()
	require.NoError(t, err)
	for args, want := range map[string]struct {
		status int
		says   string
	}{
		"table --record 800":         {2, "--record 800 is too late"},
		"table --records 150":        {2, "not a multiple of --batch 100"},
		"table --more=-1":            {2, "no number may be negative"},
		"tabel":                      {2, "pipeline: hint: --help"},
		"--brokers 127.0.0.1:1 look": {1, "pipeline: hint: is Kafka listening there"},
		"consume --topic a --group b --commit c --end d":                       {1, "hint: --brokers HOST:PORT"},
		"--brokers 127.0.0.1:1 consume --topic a --group b --commit c --end d": {1, `no way to commit is called "c"`},
	} {
		out, err := exec.CommandContext(t.Context(), self, strings.Fields(args)...).CombinedOutput()
		require.Error(t, err, args)
		require.Contains(t, string(out), want.says, args)
		require.Contains(t, err.Error(), "exit status "+string(rune('0'+want.status)), args)
	}
}
