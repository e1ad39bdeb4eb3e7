package idempotent

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
)

// The second stage: messages of all three kinds in one topic of Kafka, which the processes
// of a consumer group read one after another, from a broker in this process. Whoever crashes
// has not committed, and so the next one gets the same again, many at a time. Time is real
// here, and nothing depends on it.

const (
	topic      = "messages"
	partitions = 2
	rounds     = 80 // of one message of each kind
	batch      = 120
	patience   = 30 * time.Second
)

// message is one of the three kinds. Ids, items and orders are all numbered from 0 on: they
// have nothing to do with each other.
type message struct {
	Deposit *Deposit
	Price   *Price
	Step    *Step
}

func (m message) apply(s Store) (answer any, err error) {
	switch {
	case m.Deposit != nil:
		return ByID(s, *m.Deposit)
	case m.Price != nil:
		return nil, ByVersion(s, *m.Price)
	default:
		return ByState(s, *m.Step)
	}
}

func (m message) String() string {
	switch {
	case m.Deposit != nil:
		return fmt.Sprintf("ByID(%v)", *m.Deposit)
	case m.Price != nil:
		return fmt.Sprintf("ByVersion(%v)", *m.Price)
	default:
		return fmt.Sprintf("ByState(%v)", *m.Step)
	}
}

// bank is a broker with messages, and the store that they are applied to.
type bank struct {
	network   kfake.VirtualNetwork
	brokers   []string
	messages  []message // the value of a record is an index into it
	store     *fakeStore
	answers   map[int][]any // by message
	repeats   int           // deposits that came again
	committed int           // records
}

func (b *bank) client(t *testing.T, opts ...kgo.Opt) *kgo.Client {
	t.Helper()
	// Without fetch sessions: a client that is closed looks at them while it still fetches, and
	// the race detector would blame the answer for that.
	client, err := kgo.NewClient(append(opts, kgo.SeedBrokers(b.brokers...), kgo.Dialer(b.network.DialContext),
		kgo.DisableClientMetrics(), kgo.DisableFetchSessions(),
		kgo.MetadataMinAge(10*time.Millisecond), kgo.FetchMaxWait(time.Second))...)
	if err != nil {
		t.Fatalf("the judge cannot make a client: %v", err)
	}
	t.Cleanup(client.Close)
	return client
}

// startBank starts a broker and sends it all messages. Those of an account, an item or an order go to
// the same partition.
func startBank(t *testing.T) *bank {
	t.Helper()
	b := &bank{store: newStore(), answers: make(map[int][]any)}
	fake, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.Ports(9092), kfake.ListenFn(b.network.Listen), kfake.SeedTopics(partitions, topic))
	if err != nil {
		t.Fatalf("the judge cannot start a broker: %v", err)
	}
	t.Cleanup(fake.Close)
	b.brokers = fake.ListenAddrs()
	var records []*kgo.Record
	send := func(m message, key int) {
		records = append(records, &kgo.Record{Topic: topic, Partition: int32(key % partitions), Value: fmt.Append(nil, len(b.messages))})
		b.messages = append(b.messages, m)
	}
	for i := range rounds {
		account, item, order := i%4, i%5, i/3
		send(message{Deposit: &Deposit{fmt.Sprint(i), fmt.Sprint(account), i + 1}}, account)
		send(message{Price: &Price{fmt.Sprint(item), 1 + i*7%rounds, 100 + i}}, item)
		send(message{Step: &Step{fmt.Sprint(order), State(1 + i%3)}}, order)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := b.client(t, kgo.RecordPartitioner(kgo.ManualPartitioner())).ProduceSync(ctx, records...).FirstErr(); err != nil {
		t.Fatalf("the judge cannot produce records: %v", err)
	}
	return b
}

// process is a member of the group.
type process struct {
	*bank
	client *kgo.Client
}

func (b *bank) join(t *testing.T) process {
	t.Helper()
	return process{b, b.client(t, kgo.ConsumerGroup("bank"), kgo.ConsumeTopics(topic), kgo.DisableAutoCommit(),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))}
}

// fetch returns the next records, a whole batch as long as there are so many.
func (p process) fetch(t *testing.T) (records []*kgo.Record) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for want := min(batch, len(p.messages)-p.committed); len(records) < want; {
		fetches := p.client.PollRecords(ctx, want-len(records))
		if err := fetches.Err(); err != nil {
			t.Fatalf("the judge cannot fetch records: %v", err)
		}
		records = append(records, fetches.Records()...)
	}
	return records
}

// apply applies records until the process is killed, and reports whether it lives.
func (p process) apply(t *testing.T, records []*kgo.Record) bool {
	t.Helper()
	for _, r := range records {
		var i int
		fmt.Sscan(string(r.Value), &i)
		m := p.messages[i]
		answer, err := m.apply(p.store)
		switch {
		case errors.Is(err, errKilled):
			return false
		case err != nil:
			t.Fatalf("%v returned the error %q, when partition %d had come to offset %d", m, err, r.Partition, r.Offset)
		}
		if m.Deposit != nil && len(p.answers[i]) > 0 {
			p.repeats++
		}
		p.answers[i] = append(p.answers[i], answer)
	}
	return true
}

func (p process) commit(t *testing.T, records []*kgo.Record) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := p.client.CommitRecords(ctx, records...); err != nil {
		t.Fatalf("the judge cannot commit: %v", err)
	}
	p.committed += len(records)
}

// live works as the next process of the group, until the end of the log or until it is killed
// before that call of the store, and reports whether it lives.
func (b *bank) live(t *testing.T, killed int) bool {
	t.Helper()
	b.store.revive()
	b.store.calls, b.store.killed = 0, killed
	p := b.join(t)
	defer p.client.Close()
	for b.committed < len(b.messages) {
		records := p.fetch(t)
		if !p.apply(t, records) {
			return false
		}
		p.commit(t, records)
	}
	return true
}

// check ends the test if the store is not as after one delivery of each, or if two answers to a message
// differ.
func (b *bank) check(t *testing.T, when string) {
	t.Helper()
	b.store.obeyed(t)
	if b.repeats < 20 {
		t.Fatalf("the judge cannot judge: only %d deposits came again", b.repeats)
	}
	var paid int
	balances, newest, states := make(map[string]int), make(map[string]Price), make(map[string]State)
	for _, m := range b.messages {
		switch {
		case m.Deposit != nil:
			balances[m.Deposit.Account] += m.Deposit.Amount
		case m.Price != nil && m.Price.Version > newest[m.Price.Item].Version:
			newest[m.Price.Item] = *m.Price
		case m.Step != nil:
			states[m.Step.Order] = m.Step.To
			if m.Step.To == Paid {
				paid++
			}
		}
	}
	for account, want := range balances {
		switch got := b.store.at(BalanceKey(account)); {
		case got > want:
			t.Fatalf("ByID applied a message twice: %s, %d deposits came again, and the balance of account %s is %d, want %d", when, b.repeats, account, got, want)
		case got < want:
			t.Fatalf("ByID lost a message: %s, and the balance of account %s is %d, want %d", when, account, got, want)
		}
	}
	for i, m := range b.messages {
		for _, answer := range b.answers[i] {
			if first := b.answers[i][0]; answer != first {
				t.Fatalf("%v answered a repeat with %v, and the first time with %v: %s", m, answer, first, when)
			}
		}
	}
	for item, p := range newest {
		if got := b.store.at(PriceKey(item)); got != p.Cents {
			t.Fatalf("an older version won: %s, and the price of item %s is %d, want %d, which is that of version %d", when, item, got, p.Cents, p.Version)
		}
	}
	for order, want := range states {
		if got := State(b.store.at(StateKey(order))); got != want {
			t.Fatalf("ByState lost a message: %s, and order %s is in state %d, want %d", when, order, got, want)
		}
	}
	if got := b.store.at(SoldKey); got != paid {
		t.Fatalf("%d orders were paid for, and %s is %d: %s", paid, SoldKey, got, when)
	}
}

// Four processes are killed, each further on than the one before it, and a fifth comes to the
// end.
func TestKafkaCrashes(t *testing.T) {
	b := startBank(t)
	for _, killed := range []int{60, 220, 300, 380} {
		if b.live(t, killed) {
			break // it takes so few calls
		}
	}
	b.live(t, 0)
	b.check(t, "the group delivered again what processes had not committed when they were killed")
}

// A process stands still with half of a batch in its hands, and is taken for dead. Another one
// gets its partitions and works to the end of the log. Then the first goes on.
func TestKafkaTakenForDead(t *testing.T) {
	b := startBank(t)
	first := b.join(t)
	records := first.fetch(t)
	first.apply(t, records[:batch/2])
	first.client.Close()
	b.live(t, 0)
	first.apply(t, records[batch/2:])
	b.check(t, "a process that had been taken for dead went on with what it had in its hands")
}
