package model

// RWMutex. In sync/rwmutex.go.
//
// An RWMutex is a mutex for writers among each other and two semaphores. A writer
// announces itself, then waits for the readers that are in; readers that come later
// wait for it. Its Unlock wakes all of them, in order, before it lets the next writer
// have the mutex.
type rwmutex struct {
	w           mutex
	writerSem   sema
	readerSem   sema
	readerCount int32 // less maxReaders while a writer is there
	readerWait  int32 // readers that the writer waits for
}

const maxReaders = 1 << 30

func (m *Machine) rlock(gi uint32, rw *rwmutex) stopped {
	if rw.readerCount++; rw.readerCount < 0 && !m.acquire1(gi, &rw.readerSem, false) {
		return gaveUp
	}
	return stillRunning
}

func (m *Machine) runlock(pp *proc, rw *rwmutex) stopped {
	rw.readerCount--
	if r := rw.readerCount; r < 0 {
		if r+1 == 0 || r+1 == -maxReaders {
			m.die("sync: RUnlock of unlocked RWMutex")
			return aborted
		}
		if rw.readerWait--; rw.readerWait == 0 {
			m.release(pp, none, &rw.writerSem, false)
		}
	}
	return stillRunning
}

func (m *Machine) wlock(gi uint32, rw *rwmutex) stopped {
	if why := m.lock(gi, &rw.w); why != stillRunning {
		return why
	}
	return m.wlocked(gi, rw)
}

// wlocked goes on when the writer has the mutex: it announces itself and waits for the
// readers that are in.
func (m *Machine) wlocked(gi uint32, rw *rwmutex) stopped {
	r := rw.readerCount
	rw.readerCount -= maxReaders
	if r != 0 {
		if rw.readerWait += r; rw.readerWait != 0 {
			m.gs[gi].flags |= announced
			if !m.acquire1(gi, &rw.writerSem, false) {
				return gaveUp
			}
			m.gs[gi].flags &^= announced
		}
	}
	return stillRunning
}

func (m *Machine) wlockWoken(gi uint32, rw *rwmutex) stopped {
	g := &m.gs[gi]
	if g.flags&announced != 0 {
		if !m.tryAgain(gi, &rw.writerSem) {
			return gaveUp
		}
		g.flags &^= announced
		return stillRunning
	}
	if why := m.lockWoken(gi, &rw.w); why != stillRunning {
		return why
	}
	return m.wlocked(gi, rw)
}

func (m *Machine) wunlock(pp *proc, gi uint32, rw *rwmutex) stopped {
	rw.readerCount += maxReaders
	r := rw.readerCount
	if r >= maxReaders {
		m.die("sync: Unlock of unlocked RWMutex")
		return aborted
	}
	for range r {
		m.release(pp, none, &rw.readerSem, false)
	}
	return m.unlock(pp, gi, &rw.w)
}
