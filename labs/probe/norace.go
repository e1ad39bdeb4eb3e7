//go:build !race

package probe

// See race.go: without the race detector nobody looks.

const detecting = false

func unseen(f func()) { f() }

type order struct{}

func (*order) give() {}
func (*order) take() {}
