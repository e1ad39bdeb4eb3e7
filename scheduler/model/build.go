package model

import "time"

// Ops returns its arguments: a procedure reads Ops(Do(Send, 0), Times(3, …)).
func Ops(ops ...Op) []Op { return ops }

// Do returns the operation of that kind on the thing number arg. For kinds that need
// no argument leave it out.
func Do(k Kind, arg ...int) Op {
	op := Op{Kind: k}
	if len(arg) > 0 {
		op.Arg = arg[0]
	}
	return op
}

// For returns an operation that takes time: Sleep, CPU, Syscall or Net.
func For(k Kind, d time.Duration) Op { return Op{Kind: k, Dur: d} }

// Times returns a loop that runs body n times. n is at least 1.
func Times(n int, body ...Op) Op { return Op{Kind: Rep, Arg: n, Body: body} }

// After returns the operation that starts timer t, or starts it again, with d.
func After(t int, d time.Duration) Op { return Op{Kind: Reset, Arg: t, Dur: d} }

// OneOf returns a select without default over the cases, in the order of the source.
func OneOf(cases ...Case) Op { return Op{Kind: Select, Cases: cases} }

// OneOfOr returns a select with default.
func OneOfOr(cases ...Case) Op { return Op{Kind: Select, Cases: cases, Default: true} }

// To is the case that sends to channel c, From the one that receives from it.
func To(c int) Case   { return Case{Send: true, Chan: c} }
func From(c int) Case { return Case{Chan: c} }
