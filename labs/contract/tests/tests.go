// Package tests asks: can the judges of the tests that learners write be trusted?
//
// It has tests only; see labs/contract.
package tests
