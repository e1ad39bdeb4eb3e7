package commitafter

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
)

// The second stage: the same Run with the protocol of Kafka, against a broker in this
// process. Time is real here, and nothing depends on it.

const (
	topic      = "orders"
	partitions = 2
	patience   = 30 * time.Second
)

var errCrash = errors.New("this process is no more")

// kafka is a broker with records, and what has been done for each.
type kafka struct {
	network kfake.VirtualNetwork
	brokers []string
	admin   *kadm.Client
	offsets [partitions][]int64 // of the records that are to be seen, in order

	mu   sync.Mutex
	seen map[Record]int
}

func (k *kafka) client(t *testing.T, opts ...kgo.Opt) *kgo.Client {
	t.Helper()
	// Without fetch sessions: a client that is closed looks at them while it still fetches, and
	// the race detector would blame the answer for that.
	client, err := kgo.NewClient(append(opts, kgo.SeedBrokers(k.brokers...), kgo.Dialer(k.network.DialContext),
		kgo.DisableClientMetrics(), kgo.DisableFetchSessions(),
		kgo.MetadataMinAge(10*time.Millisecond), kgo.FetchMaxWait(time.Second))...)
	if err != nil {
		t.Fatalf("the judge cannot make a client: %v", err)
	}
	t.Cleanup(client.Close)
	return client
}

// startKafka starts a broker and produces transactions of three records to each partition,
// every third of which is aborted. Where a transaction ends, a marker takes an offset that no
// consumer sees.
func startKafka(t *testing.T) *kafka {
	t.Helper()
	k := &kafka{seen: make(map[Record]int)}
	fake, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.Ports(9092), kfake.ListenFn(k.network.Listen), kfake.SeedTopics(partitions, topic))
	if err != nil {
		t.Fatalf("the judge cannot start a broker: %v", err)
	}
	t.Cleanup(fake.Close)
	k.brokers = fake.ListenAddrs()
	k.admin = kadm.NewClient(k.client(t))
	producer := k.client(t, kgo.TransactionalID("judge"), kgo.RecordPartitioner(kgo.ManualPartitioner()))
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for n := range 5 {
		k.transaction(ctx, t, producer, n)
	}
	return k
}

func (k *kafka) transaction(ctx context.Context, t *testing.T, producer *kgo.Client, n int) {
	t.Helper()
	err := producer.BeginTransaction()
	var records []*kgo.Record
	for p := range int32(partitions) {
		for i := range 3 {
			records = append(records, &kgo.Record{Topic: topic, Partition: p, Value: fmt.Append(nil, n, "/", i)})
		}
	}
	produced := producer.ProduceSync(ctx, records...)
	end := kgo.TryCommit
	if n%3 == 2 {
		end = kgo.TryAbort
	}
	if err = errors.Join(err, produced.FirstErr(), producer.EndTransaction(ctx, end)); err != nil {
		t.Fatalf("the judge cannot produce records: %v", err)
	}
	for _, r := range produced {
		if end == kgo.TryCommit {
			k.offsets[r.Record.Partition] = append(k.offsets[r.Record.Partition], r.Record.Offset)
		}
	}
}

// committed returns where a group goes on, by partition.
func (k *kafka) committed(ctx context.Context, t *testing.T, group string) (at [partitions]int64) {
	t.Helper()
	all, err := k.admin.FetchOffsets(ctx, group)
	if err != nil && !errors.Is(err, kerr.GroupIDNotFound) {
		t.Fatalf("the judge cannot ask for what is committed: %v", err)
	}
	for p := range at {
		if o, ok := all.Lookup(topic, int32(p)); ok {
			at[p] = o.At
		}
	}
	return at
}

// life is a Consumer: one process of a group, from its start to its end or crash.
type life struct {
	*kafka
	group  string
	client *kgo.Client
	left   int // records until the end of the log
	crash  int // the process ends with this call of Fetch; 0 if it does not

	fetched int
	dead    bool // guarded by kafka.mu
}

// live has Run consume as the next process of group.
func (k *kafka) live(t *testing.T, group string, crash int) *life {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	l := &life{kafka: k, group: group, crash: crash}
	from := make(map[int32]kgo.Offset)
	for p, at := range k.committed(ctx, t, group) {
		from[int32(p)] = kgo.NewOffset().At(at)
		for _, offset := range k.offsets[p] {
			if offset >= at {
				l.left++
			}
		}
	}
	l.client = k.client(t, kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{topic: from}), kgo.FetchIsolationLevel(kgo.ReadCommitted()))
	defer l.client.Close()
	err := Run(ctx, l, 3, l.work)
	if ctx.Err() != nil {
		t.Fatalf("Run did not come to an end on a real log within %v", patience)
	}
	if want := map[bool]error{true: errCrash, false: errEnd}[l.dead]; !errors.Is(err, want) {
		t.Fatalf("Run returned %v: want %q", err, want)
	}
	return l
}

func (l *life) Fetch(ctx context.Context) (Record, error) {
	if l.fetched++; l.fetched == l.crash {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.dead = true
		return Record{}, errCrash
	}
	if l.fetched > l.left {
		return Record{}, errEnd
	}
	fetches := l.client.PollRecords(ctx, 1)
	if err := fetches.Err(); err != nil {
		return Record{}, err
	}
	r := fetches.Records()[0]
	return Record{r.Partition, r.Offset, string(r.Value)}, nil
}

func (l *life) Commit(partition int32, offset int64) error {
	l.mu.Lock()
	dead := l.dead
	l.mu.Unlock()
	if dead {
		return errCrash
	}
	var to kadm.Offsets
	to.AddOffset(topic, partition, offset, -1)
	return l.admin.CommitAllOffsets(context.Background(), l.group, to)
}

func (l *life) work(_ context.Context, r Record) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.dead {
		return errCrash
	}
	l.seen[r]++
	return nil
}

// A process reads to the end of the log. The next one of its group finds nothing to do.
func TestKafkaToTheEnd(t *testing.T) {
	k := startKafka(t)
	k.live(t, "shop", 0)
	for p, at := range k.committed(t.Context(), t, "shop") {
		if last := k.offsets[p][len(k.offsets[p])-1]; at != last+1 {
			t.Fatalf("all records of partition %d are done, the last at offset %d, and %d is committed: offsets that a transaction's end has taken never come, the records are %v", p, last, at, k.offsets[p])
		}
	}
	if next := k.live(t, "shop", 0); next.left > 0 {
		t.Fatalf("all records are done, and the next process fetches %d of them again", next.left)
	}
}

// Each process crashes a little later than the one before it.
func TestKafkaCrashes(t *testing.T) {
	k := startKafka(t)
	for crash := 1; k.live(t, "shop", crash).dead; crash++ {
		if crash > 100 {
			t.Fatal("each process comes further than the one before it, and 100 have not come to the end of the log")
		}
	}
	n := 0
	for _, offsets := range k.offsets {
		n += len(offsets)
	}
	if len(k.seen) < n {
		t.Fatalf("%d of %d records are lost: a crash came between the commit and the work", n-len(k.seen), n)
	}
}
