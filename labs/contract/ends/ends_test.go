package ends

import (
	"testing"

	"lab.example/gopark/internal/experiment/experimenttest"
	"lab.example/gopark/labs/contract"
)

func TestMain(m *testing.M) { experimenttest.Main(m) }

func TestContract(t *testing.T) { contract.Hold(t, contract.Tracks["ends"]) }

func TestNoFalseAlarm(t *testing.T) { contract.Pass(t, contract.Tracks["ends"]) }
