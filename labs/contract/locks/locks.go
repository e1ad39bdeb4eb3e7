// Package locks asks: can the judges of the labs about locks and their kin be trusted?
//
// It has tests only; see labs/contract.
package locks
