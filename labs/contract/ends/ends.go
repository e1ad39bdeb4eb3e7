// Package ends asks: can the judges of the labs about panics, signals and other ends be trusted?
//
// It has tests only; see labs/contract.
package ends
