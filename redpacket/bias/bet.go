package bias

import (
	"fmt"
	"math/rand/v2"
	"strconv"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/redpacket"
	"lab.example/gopark/redpacket/law"
)

var betHeader = []string{
	"method", "ways", "no split %", "favourite, times", "bet if fair %", "bet wins %", "it won %",
}

// bet is the set of what a method makes more likely than a fair draw does: its favourite ways,
// and what is no way of splitting at all. No other bet has a larger advantage, and the advantage
// is the total variation distance.
type bet struct {
	law.Law
	on   map[string]bool
	fair float64 // the probability of winning if all ways are equally likely
	wins float64 // and with the method
}

func newBet(m redpacket.Method, p redpacket.Params) (bet, error) {
	l, err := law.Of(m, p)
	if err != nil {
		return bet{}, err
	}
	results, err := law.Each(m, p)
	if err != nil {
		return bet{}, err
	}
	b := bet{Law: l, on: make(map[string]bool)}
	for parts, probability := range results {
		valid := law.Valid(parts, p)
		if valid && probability*float64(l.Splits) <= 1+1e-9 {
			continue
		}
		b.on[fmt.Sprint(parts)] = true
		b.wins += probability
		if valid {
			b.fair += 1 / float64(l.Splits)
		}
	}
	return b, nil
}

// bet draws splits, bets on each, and adds a row.
func (o *observed) bet(m redpacket.Method, p redpacket.Params, src rand.Source) error {
	b, err := newBet(m, p)
	if err != nil {
		return err
	}
	s, err := redpacket.New(p, redpacket.WithMethod(m))
	if err != nil {
		return experiment.BadKnob("%s", err)
	}
	won := 0
	var parts []int64
	for range o.Draws {
		if parts = s.Append(parts[:0], src); b.on[fmt.Sprint(parts)] {
			won++
		}
	}
	o.Bets.Add(b.row(m, percent(float64(won)/float64(o.Draws)))...)
	return nil
}

func (b bet) row(m redpacket.Method, won string) []any {
	return []any{
		m, fmt.Sprintf("%d of %d", b.Reached, b.Splits), percent(b.Invalid),
		strconv.FormatFloat(b.Likeliest, 'f', 2, 64), percent(b.fair), percent(b.wins), won,
	}
}

func percent(share float64) string { return strconv.FormatFloat(100*share, 'f', 3, 64) }

// checkBets holds that all columns but the last are the law's, and that the last is not an
// accident of it.
func (o observed) checkBets() error {
	want := experiment.Table{Header: betHeader}
	for _, m := range compared {
		b, err := newBet(m, o.Params())
		if err != nil {
			return err
		}
		won := "-"
		if row := o.Bets.Row(m.String()); len(row) == len(betHeader) {
			won = row[len(row)-1]
		}
		want.Add(b.row(m, won)...)
		share, err := strconv.ParseFloat(won, 64)
		if err != nil || law.Improbable(share/100, b.wins, o.Draws) {
			return experiment.Refuted("a bet on %v won %s%% of %d times, not %s%%", m, won, o.Draws, percent(b.wins))
		}
	}
	return o.Bets.Equals(want, 1)
}
