package judge

import (
	"syscall"
	"testing"

	"lab.example/gopark/internal/experiment/experimenttest"
)

func TestMain(m *testing.M) { experimenttest.Main(m) }

func makePipe(name string) error { return syscall.Mkfifo(name, 0o600) }
