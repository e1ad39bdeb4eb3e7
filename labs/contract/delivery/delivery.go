// Package delivery asks: can the judges of the labs about delivery be trusted?
//
// It has tests only; see labs/contract.
package delivery
