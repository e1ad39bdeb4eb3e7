package realrun

import (
	"testing"

	"go.uber.org/goleak"

	"lab.example/gopark/internal/child"
)

func TestMain(m *testing.M) {
	child.Main(Serve)
	goleak.VerifyTestMain(m)
}
