// Package contexts asks: can the judges of the labs about contexts and interrupts be trusted?
//
// It has tests only; see labs/contract.
package contexts
