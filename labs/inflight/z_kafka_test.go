package inflight

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// The second stage: Send with the protocol of Kafka, as an idempotent producer, to a broker in
// this process that answers every fifth and every seventh request with an error. What the broker
// says of a packet, NewReceiver has to say, too. Time is real here, and nothing depends on it.

const (
	topic    = "values"
	window   = 5 // a broker remembers so many batches of a producer
	patience = 30 * time.Second
)

// broker is a Receiver that loses answers, and beside it the one that is judged.
type broker struct {
	client   *kgo.Client
	producer *kmsg.InitProducerIDResponse
	topicID  [16]byte
	receiver Receiver
	applied  []string

	mu       sync.Mutex // one packet at a time, so that both see the same
	posts    int
	lost     int          // answers
	refused  int          // packets that came too early
	repeats  int          // of packets that had arrived
	arrived  map[int]bool // by number
	answered map[int]bool // with nil
	oldest   int          // that is not
	wrong    string
}

func startBroker(ctx context.Context, t *testing.T) *broker {
	t.Helper()
	var network kfake.VirtualNetwork
	fake, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.Ports(9092), kfake.ListenFn(network.Listen), kfake.SeedTopics(1, topic))
	if err != nil {
		t.Fatalf("the judge cannot start a broker: %v", err)
	}
	t.Cleanup(fake.Close)
	b := &broker{topicID: fake.TopicInfo(topic).TopicID, arrived: make(map[int]bool), answered: make(map[int]bool)}
	// Without fetch sessions: a client that is closed looks at them while it still fetches, and
	// the race detector would blame the answer for that.
	b.client, err = kgo.NewClient(kgo.SeedBrokers(fake.ListenAddrs()...), kgo.Dialer(network.DialContext),
		kgo.DisableClientMetrics(), kgo.DisableFetchSessions(), kgo.MetadataMinAge(10*time.Millisecond),
		kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{topic: {0: kgo.NewOffset().At(0)}}), kgo.FetchMaxWait(time.Second))
	if err != nil {
		t.Fatalf("the judge cannot make a client: %v", err)
	}
	t.Cleanup(b.client.Close)
	b.producer, err = kmsg.NewPtrInitProducerIDRequest().RequestWith(ctx, b.client)
	if err = errors.Join(err, kerr.ErrorForCode(b.producer.ErrorCode)); err != nil {
		t.Fatalf("the judge gets no producer id: %v", err)
	}
	b.receiver = NewReceiver(func(value string) { b.applied = append(b.applied, value) })
	// The first batch of a producer has any number that it likes. So it is not left to Send.
	if err := b.produce(ctx, -1, "first"); err != nil {
		t.Fatalf("the judge cannot produce: %v", err)
	}
	produce := []kmsg.Key{kmsg.Produce}
	requests := 0
	every := func(n int) func(kmsg.Request) bool {
		return func(kmsg.Request) bool { requests++; return requests%n == 0 }
	}
	fake.Fault(
		kfake.Fault{Keys: produce, Topic: topic, Count: -1, When: every(5), Err: kerr.NotEnoughReplicas},
		kfake.Fault{Keys: produce, Topic: topic, Count: -1, When: every(7), Err: kerr.NotEnoughReplicasAfterAppend},
	)
	return b
}

// produce sends one record as a batch whose sequence number is seq+1.
func (b *broker) produce(ctx context.Context, seq int, value string) error {
	record := kmsg.Record{Value: []byte(value)}
	record.Length = int32(len(record.AppendTo(nil)) - 1)
	batch := kmsg.RecordBatch{
		PartitionLeaderEpoch: -1, Magic: 2, ProducerID: b.producer.ProducerID, ProducerEpoch: b.producer.ProducerEpoch,
		FirstSequence: int32(seq + 1), NumRecords: 1, Records: record.AppendTo(nil),
	}
	wire := batch.AppendTo(nil)
	binary.BigEndian.PutUint32(wire[8:], uint32(len(wire)-12))
	binary.BigEndian.PutUint32(wire[17:], crc32.Checksum(wire[21:], crc32.MakeTable(crc32.Castagnoli)))

	partition := kmsg.NewProduceRequestTopicPartition()
	partition.Records = wire
	to := kmsg.NewProduceRequestTopic()
	to.Topic, to.TopicID, to.Partitions = topic, b.topicID, []kmsg.ProduceRequestTopicPartition{partition}
	req := kmsg.NewPtrProduceRequest()
	req.Acks, req.TimeoutMillis, req.Topics = -1, 5000, []kmsg.ProduceRequestTopic{to}
	resp, err := req.RequestWith(ctx, b.client)
	if err != nil {
		return err
	}
	return kerr.ErrorForCode(resp.Topics[0].Partitions[0].ErrorCode)
}

// post is the Post that Send is handed. What comes too early takes its time, or else everybody
// would be busy with it.
func (b *broker) post(ctx context.Context, p Packet) error {
	err := errTimeout
	if !b.early(p) {
		err = b.answer(ctx, p)
	}
	if err == errTimeout || err == ErrGap {
		select {
		case <-time.After(200 * time.Microsecond):
		case <-ctx.Done():
		}
	}
	return err
}

func (b *broker) answer(ctx context.Context, p Packet) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.posts++
	switch {
	case b.wrong != "":
		return nil // let it come to an end
	case strconv.Itoa(p.Seq) != p.Value:
		b.accuse("values[%s] was posted with the number %d: a repeat with another number is another packet", p.Value, p.Seq)
		return nil
	case b.posts > 20_000:
		b.accuse("20,000 posts: Send posts again and again without end")
		return nil
	}
	err := b.deliver(ctx, p)
	if err == nil {
		b.answered[p.Seq] = true
	}
	return err
}

// early reports whether p must be held back: the broker would forget the oldest packet that is not
// answered, and that may have arrived.
func (b *broker) early(p Packet) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	for b.answered[b.oldest] {
		b.oldest++
	}
	return b.wrong == "" && strconv.Itoa(p.Seq) == p.Value && p.Seq >= b.oldest+window
}

// deliver hands p to both receivers.
func (b *broker) deliver(ctx context.Context, p Packet) error {
	err := b.produce(ctx, p.Seq, p.Value)
	lost := errors.Is(err, kerr.NotEnoughReplicasAfterAppend)
	switch {
	case ctx.Err() != nil, errors.Is(err, kerr.NotEnoughReplicas):
		return err
	case errors.Is(err, kerr.OutOfOrderSequenceNumber):
		b.refused++
		err = ErrGap
	case err != nil && !lost:
		b.accuse("the judge does not know what the broker means: %v", err)
		return nil
	}
	if b.arrived[p.Seq] {
		b.repeats++
	}
	got := b.receiver.Receive(p)
	b.arrived[p.Seq] = b.arrived[p.Seq] || got == nil
	switch {
	case lost:
		b.lost++
	case got != err:
		b.accuse("Receive(%v) returned %v, and a broker of Kafka answers the same packet with %v", p, got, err)
	}
	return err
}

func (b *broker) accuse(format string, args ...any) {
	if b.wrong == "" {
		b.wrong = fmt.Sprintf(format, args...)
	}
}

// log returns what has arrived, without what the judge has produced.
func (b *broker) log(ctx context.Context, t *testing.T, n int) (values []string) {
	t.Helper()
	for len(values) < n+1 {
		fetches := b.client.PollFetches(ctx)
		if err := fetches.Err(); err != nil {
			t.Fatalf("the judge cannot read the log to its end, it has %d records: %v", len(values), err)
		}
		for _, r := range fetches.Records() {
			values = append(values, string(r.Value))
		}
	}
	return values[1:]
}

func TestKafka(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	b := startBroker(ctx, t)
	want := numbers(100)
	err := Send(ctx, want, window, b.post)
	switch {
	case b.wrong != "":
		t.Fatal(b.wrong)
	case ctx.Err() != nil:
		t.Fatalf("Send did not come to an end with a real broker within %v", patience)
	case err != nil:
		t.Fatalf("Send gave up: it returned the error %q", err)
	}
	if got := b.log(ctx, t, len(want)); !slices.Equal(got, want) {
		t.Fatalf("the log of the broker is not what was sent, once and in order: %v", got)
	}
	if !slices.Equal(b.applied, want) {
		t.Fatalf("what NewReceiver has applied is not what was sent, once and in order: %v", b.applied)
	}
	if b.lost == 0 || b.refused == 0 || b.repeats == 0 {
		t.Fatalf("the judge cannot judge: %d answers were lost, %d packets came too early, %d came again", b.lost, b.refused, b.repeats)
	}
}
