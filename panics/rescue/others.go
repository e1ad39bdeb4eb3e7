package rescue

import (
	"fmt"
	"runtime"
	"sync"
	"time"
)

// forever is waited for by programs that must be ended by a panic elsewhere.
var forever = make(chan struct{})

func elsewhere(say func(any)) {
	defer func() { say(recover()) }()
	go panic(boom)
	<-forever
}

func timer(say func(any)) {
	defer func() { say(recover()) }()
	time.AfterFunc(0, func() { panic(boom) })
	<-forever
}

func group(say func(any)) {
	defer func() { say(recover()) }()
	var wg sync.WaitGroup
	wg.Go(func() { panic(boom) })
	wg.Wait()
}

func nilValue(say func(any)) {
	defer func() { say(recover()) }()
	panic(nil)
}

func nilDeferred(say func(any)) {
	defer func() { say(recover()) }()
	var f func()
	defer f()
}

func second(say func(any)) {
	defer func() {
		say(recover())
		say(recover())
	}()
	defer func() { panic("second") }()
	panic(boom)
}

func inner(say func(any)) {
	defer func() { say(recover()) }()
	defer func() {
		defer func() { say(recover()) }()
		panic("second")
	}()
	panic(boom)
}

func goexit(say func(any)) {
	inGoroutine(say, func() {
		defer func() { say(recover()) }()
		runtime.Goexit()
	})
}

func goexitOverPanic(say func(any)) {
	inGoroutine(say, func() {
		defer runtime.Goexit()
		panic(boom)
	})
}

// inGoroutine runs f in a goroutine and says when that has ended. It reports if f returned.
func inGoroutine(say func(any), f func()) {
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		f()
		say("the function has returned")
	}()
	<-ended
	say("the goroutine has ended")
}

func once(say func(any)) {
	var o sync.Once
	func() {
		defer func() { say(recover()) }()
		o.Do(func() { panic(boom) })
	}()
	again := "done: not called again"
	o.Do(func() { again = "called again" })
	say(again)
}

func onceFunc(say func(any)) {
	calls := 0
	f := sync.OnceFunc(func() {
		calls++
		panic(boom)
	})
	for range 2 {
		func() {
			defer func() { say(recover()) }()
			f()
		}()
	}
	say(fmt.Sprint("called ", calls, " time"))
}

func iterator(say func(any)) {
	rescuing := func(yield func() bool) {
		defer func() { say(recover()) }()
		yield()
	}
	for range rescuing {
		panic(boom)
	}
}
