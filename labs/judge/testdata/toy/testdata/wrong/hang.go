package toy

import "os"

func Total(parts ...int) int {
	r, w, err := os.Pipe()
	if err != nil {
		return 0
	}
	defer w.Close()
	n, _ := r.Read(make([]byte, 1))
	return n
}

// verdict: hang: not ended during TestTotal when its time was up: 1 in IO wait (answer.go:11)
