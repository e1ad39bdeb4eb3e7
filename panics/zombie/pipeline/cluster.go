package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"lab.example/gopark/internal/hint"
)

// cluster is the side of the broker: what happens there, and what can be asked there.
type cluster struct {
	brokers []string
	fake    *kfake.Cluster // nil if it is a real one
	client  *kgo.Client
	admin   *kadm.Client

	producing sync.Mutex // the client keeps what is produced apart by flushes only
}

// reachTime is how long a broker may take to answer at all.
const reachTime = 10 * time.Second

// base are the options of every client.
func base(brokers []string) []kgo.Opt {
	return []kgo.Opt{
		kgo.SeedBrokers(brokers...),
		kgo.ClientID("gopark"),
		kgo.HeartbeatInterval(heartbeat),
		// Who is dead is told to the broker, which need not find out; a consumer that is
		// only slow must never seem so.
		kgo.SessionTimeout(30 * time.Second),
		kgo.MetadataMinAge(10 * time.Millisecond),
		kgo.DisableClientMetrics(), // nobody reads what a client would tell the broker about itself
	}
}

// heartbeat is how often a member of a group says that it is alive.
const heartbeat = 50 * time.Millisecond

// connect reaches the brokers, or starts one if there are none.
func connect(ctx context.Context, brokers []string) (*cluster, error) {
	c := &cluster{brokers: brokers}
	if len(brokers) == 0 {
		fake, err := kfake.NewCluster(kfake.NumBrokers(1))
		if err != nil {
			return nil, fmt.Errorf("start a broker: %w", err)
		}
		c.fake, c.brokers = fake, fake.ListenAddrs()
	}
	client, err := kgo.NewClient(append(base(c.brokers),
		kgo.ManualFlushing(), kgo.RecordPartitioner(kgo.ManualPartitioner()))...)
	if err != nil {
		c.close()
		return nil, fmt.Errorf("make a client: %w", err)
	}
	c.client, c.admin = client, kadm.NewClient(client)
	ctx, cancel := context.WithTimeoutCause(ctx, reachTime, errors.New("no answer"))
	defer cancel()
	if err := client.Ping(ctx); err != nil {
		c.close()
		return nil, hint.With(fmt.Errorf("reach %s: %w", strings.Join(brokers, ", "), err),
			"is Kafka listening there, in the clear, and does it advertise an address that can be reached from here? Without --brokers no Kafka is needed")
	}
	return c, nil
}

func (c *cluster) close() {
	if c.client != nil {
		c.client.Close()
	}
	if c.fake != nil {
		c.fake.Close()
	}
}

// scope is the topic of one incident, and its group, which has the same name.
type scope struct {
	*cluster
	name string
}

// newScope makes a topic of one partition that nobody else knows.
func (c *cluster) newScope(ctx context.Context) (scope, error) {
	s := scope{c, "gopark-" + strings.ToLower(rand.Text())}
	if _, err := c.admin.CreateTopic(ctx, 1, 1, nil, s.name); err != nil {
		return s, fmt.Errorf("create topic %s: %w", s.name, err)
	}
	return s, nil
}

// remove deletes the topic and the group.
func (s scope) remove(ctx context.Context) error {
	if s.fake != nil {
		return nil // it ends with this process
	}
	_, err := s.admin.DeleteTopic(ctx, s.name)
	if err != nil {
		err = fmt.Errorf("delete topic %s: %w", s.name, err)
	}
	if empty := s.bury(ctx); empty != nil {
		return errors.Join(err, empty)
	}
	if _, gone := s.admin.DeleteGroup(ctx, s.name); gone != nil && !errors.Is(gone, kerr.GroupIDNotFound) {
		err = errors.Join(err, fmt.Errorf("delete group %s: %w", s.name, gone))
	}
	return err
}

// produce adds n records.
func (s scope) produce(ctx context.Context, n int) error {
	s.producing.Lock()
	defer s.producing.Unlock()
	var mu sync.Mutex
	var failed error
	for range n {
		s.client.Produce(ctx, &kgo.Record{Topic: s.name, Value: []byte("order")}, func(_ *kgo.Record, err error) {
			mu.Lock()
			defer mu.Unlock()
			failed = errors.Join(failed, err)
		})
	}
	err := s.client.Flush(ctx)
	mu.Lock()
	defer mu.Unlock()
	if err = errors.Join(err, failed); err != nil {
		return fmt.Errorf("produce %d records: %w", n, err)
	}
	return nil
}

// membership is what the broker says of a group.
type membership struct {
	State   string // "Stable", "Empty", ...
	Members []string
	Lag     int64 // records behind the end of the topic
}

func (s scope) membership(ctx context.Context) (membership, error) {
	groups, err := s.admin.Lag(ctx, s.name)
	group := groups[s.name]
	if err = errors.Join(err, group.Error()); err != nil {
		return membership{}, fmt.Errorf("ask for group %s: %w", s.name, err)
	}
	m := membership{State: group.State, Lag: group.Lag.Total()}
	for _, member := range group.Members {
		m.Members = append(m.Members, member.MemberID)
	}
	return m, nil
}

// bury tells the broker that the members of the group are dead. It would find out by
// itself when their session has timed out.
func (s scope) bury(ctx context.Context) error {
	m, err := s.membership(ctx)
	if err != nil || len(m.Members) == 0 {
		return err
	}
	request := kmsg.NewPtrLeaveGroupRequest()
	request.Group = s.name
	for _, id := range m.Members {
		member := kmsg.NewLeaveGroupRequestMember()
		member.MemberID = id
		request.Members = append(request.Members, member)
	}
	answer, err := request.RequestWith(ctx, s.client)
	if err == nil {
		err = kerr.ErrorForCode(answer.ErrorCode)
	}
	if err != nil {
		return fmt.Errorf("remove the members of group %s: %w", s.name, err)
	}
	return nil
}
