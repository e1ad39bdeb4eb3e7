package toy

import (
	"os"
	"path/filepath"
)

// Total is wrong in every second process.
func Total(parts ...int) int {
	dir, _ := os.UserConfigDir()
	seen := filepath.Join(dir, "seen")
	if os.Remove(seen) == nil {
		return 5
	}
	os.MkdirAll(dir, 0o755)
	os.WriteFile(seen, nil, 0o644)
	return 6
}

// verdict: flaky: the sum of 1, 2 and 3 is 5: want 6 (in 5 of 10 runs with GOMAXPROCS=2)
