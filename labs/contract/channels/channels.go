// Package channels asks: can the judges of the labs about goroutines and channels be trusted?
//
// It has tests only; see labs/contract.
package channels
