// Package testcache asks: which questions does a cache have to be asked?
//
// Here you write the test, and caches are what it is tested with: some that are right, and
// many that are not. Read testcache.go (what is given), then write Judge in answer.go until
// the tests in testcache_test.go pass.
package testcache

// Load fetches the value of a key from where it comes from, or fails. It may take long, and may
// be called by any number of goroutines at the same time. It does not panic.
type Load func(key string) (value string, err error)

// Cache is what the programs say they make. It may be used by any number of goroutines:
//
//  1. Get returns the value of a key. If the cache does not have it, it is loaded. Who asks
//     for a key that is being loaded waits for that load, and gets its result, value or error,
//     at the instant at which it is there: there is one load of a key at a time.
//  2. A value is kept until it is forgotten. Who asks for it gets it at once. Every value is
//     one, "" as well.
//  3. An error is not kept. Who asks after the load has failed begins another.
//  4. Nobody ever waits for a load of another key, or is given anything of another key.
//  5. Forget waits for nobody. A Get that begins after it gets nothing that was loaded, or
//     whose load had begun, before: it loads, even if another load of the key is not over.
//     Who waited for that one still gets its result, and then it is not kept. Other keys
//     are as before.
//  6. No goroutine is left when every Get has returned. A cache shares nothing with others.
type Cache interface {
	Get(key string) (value string, err error)
	Forget(key string)
}

// Maker makes an empty cache.
type Maker func(load Load) Cache

// T is what Judge has of a test. All of it may be used by any goroutine, also at the same
// time, but for Wait and Left, which are for one at a time.
type T interface {
	// Errorf says that the cache is wrong, and why.
	Errorf(format string, args ...any)

	// Fatalf is Errorf, and then ends the goroutine that has called it.
	Fatalf(format string, args ...any)

	// Wait returns when every other goroutine has ended or waits, so that nothing more can
	// happen before time passes. It is synctest.Wait.
	Wait()

	// Left waits like Wait, and then returns how many goroutines there are that were not there
	// when Judge was called.
	Left() int
}

// Tester is what Judge must be. It tries out what a Maker makes:
//
//  1. If that is a Cache to the letter, Judge reports nothing.
//  2. If it is not, Judge calls Errorf or Fatalf, at least once.
//  3. Judge is called in a bubble: time is virtual, so durations are exact and cost nothing. It
//     ends after a hundred thousand hours of that at the latest, and does not panic, whatever the
//     cache does.
//  4. What Judge has started has ended when it returns, goroutines that sleep as well, unless it
//     has reported something.
//  5. It judges each program by itself: what it has seen in an earlier call has no bearing.
//
// Judge may make as many caches as it likes. In a bubble nobody may sleep while another waits
// for a mutex, nor may a Fatalf end who has it: no time would pass. The programs know that, also
// those that are wrong. A Get may never return. The programs do not panic.
type Tester func(t T, make Maker)

var _ Tester = Judge
