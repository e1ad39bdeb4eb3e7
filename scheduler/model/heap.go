package model

// heap is a binary heap; its first element comes before all others.
type heap[T earlier[T]] []T

// earlier is what can be put in order.
type earlier[T any] interface{ before(T) bool }

func (h *heap[T]) push(t T) {
	*h = append(*h, t)
	h.up(len(*h) - 1)
}

func (h *heap[T]) pop() T {
	first := (*h)[0]
	h.remove(0)
	return first
}

func (h *heap[T]) remove(i int) {
	s := *h
	last := len(s) - 1
	s[i] = s[last]
	*h = s[:last]
	if i < last {
		h.down(i)
		h.up(i)
	}
}

func (h *heap[T]) up(i int) {
	s := *h
	for i > 0 {
		parent := (i - 1) / 2
		if !s[i].before(s[parent]) {
			return
		}
		s[i], s[parent] = s[parent], s[i]
		i = parent
	}
}

func (h *heap[T]) down(i int) {
	s := *h
	for {
		child := 2*i + 1
		if child >= len(s) {
			return
		}
		if child+1 < len(s) && s[child+1].before(s[child]) {
			child++
		}
		if !s[child].before(s[i]) {
			return
		}
		s[i], s[child] = s[child], s[i]
		i = child
	}
}
