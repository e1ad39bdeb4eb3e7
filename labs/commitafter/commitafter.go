// Package commitafter asks: how far have I come, if the workers do not finish in order?
//
// Work on records of a log with several workers, and tell the log how far you are, so that
// whoever goes on after a crash misses nothing. Read commitafter.go (what is given), then
// write Run in answer.go until the tests in commitafter_test.go and z_kafka_test.go pass.
package commitafter

import "context"

// Record is one entry of a log. The log has partitions, each with offsets of its own, which
// rise from record to record.
type Record struct {
	Partition int32
	Offset    int64
	Value     string
}

// Consumer reads a log, from where it was committed last.
type Consumer interface {
	// Fetch returns the next record of some partition, and waits for it. It returns an error
	// if there will be none, and soon after the end of ctx. For one goroutine at a time.
	Fetch(ctx context.Context) (Record, error)
	// Commit says where to go on after a crash: the next consumer fetches the records of
	// partition from offset on. For one goroutine at a time, which may be another one than
	// that in Fetch.
	Commit(partition int32, offset int64) error
}

// Work does what is to be done for one record.
type Work func(ctx context.Context, r Record) error

// Runner is what Run must be:
//
//  1. Run fetches records and hands each to work, once. Records are worked on as they come, so
//     many at the same time as there are workers, and no more. Run has never fetched more
//     than one record for which no worker is free. work is handed ctx, or a context derived
//     from it that does not end before it.
//  2. A record is done when work has returned nil for it. Run commits an offset only if every
//     record of that partition that it has fetched and that is below this offset is done:
//     whenever the process ends, nothing is lost.
//  3. What is committed is the offset after the last of these records, its own plus 1: after
//     record 49 that is 50. For each partition it rises with every Commit: never back, and
//     never the same again.
//  4. Run commits as soon as it can: when a record is done, and with it all before it that
//     were fetched, Commit is called at that moment, with the highest offset that is allowed.
//  5. If Fetch, work or Commit returns an error, Run fetches no more, ends the context that
//     it handed to Fetch, waits for the records that are being worked on, commits what can
//     be committed, and returns the first of these errors. After an error of Commit, it is not called
//     again. A record that has been fetched and not begun may be left.
//  6. When ctx ends it is the same, and the result is context.Cause(ctx). Commit does not
//     depend on it. If ctx has ended before the call, nothing is fetched.
//  7. When Run has returned, no goroutine that it started is left.
//
// workers is 1 or more. Run may be called many times, also at the same time.
type Runner func(ctx context.Context, c Consumer, workers int, work Work) error

var _ Runner = Run
