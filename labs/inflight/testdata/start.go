package inflight

import "context"

// Send brings values to a receiver; see Sender.
//
// This one has one packet under way at a time, and believes in the network. Keep what is
// right about it, and change the rest.
func Send(ctx context.Context, values []string, window int, post Post) error {
	for i, v := range values {
		if err := post(ctx, Packet{i, v}); err != nil {
			return err
		}
	}
	return nil
}

// NewReceiver returns a Receiver that hands values to apply.
func NewReceiver(apply func(value string)) Receiver { return receiver(apply) }

type receiver func(value string)

func (r receiver) Receive(p Packet) error {
	r(p.Value)
	return nil
}
