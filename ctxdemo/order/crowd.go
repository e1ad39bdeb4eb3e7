package order

// A map of more than eight keys has a table: groups of eight seats, among which the hash of
// a key chooses, with a seed that every map has of its own. Up to fourteen keys there are
// two groups. Within a group the keys still sit in the order in which they came, so going
// round meets one rising run of names for each group.
const (
	crowd       = 12
	crowdRounds = 100
)

// runs is how many rising runs there are in an order, if one goes round: 1 if it is a
// rotation of the alphabet.
func runs(order string) int {
	n := 0
	for i := range order {
		if order[i] >= order[(i+1)%len(order)] {
			n++
		}
	}
	return n
}
