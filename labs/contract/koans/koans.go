// Package koans asks: can the judges of the koans be trusted?
//
// It has tests only; see labs/contract.
package koans
