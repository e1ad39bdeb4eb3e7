//go:build race

package child

// RaceEnabled reports whether this binary was built with the race detector.
const RaceEnabled = true
