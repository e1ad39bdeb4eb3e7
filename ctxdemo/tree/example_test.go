package tree_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"

	"lab.example/gopark/ctxdemo/tree"
)

func ExampleTree() {
	type user struct{}
	t := tree.New(tree.Options{})

	server, shutdown := t.WithCancel(tree.Named(context.Background(), "server"))
	request, hangUp := t.WithCancelCause(tree.Named(server, "request"))
	request = t.WithValue(request, user{}, "ann")
	query, done := t.WithCancel(tree.Named(request, "query"))
	audit := t.WithoutCancel(tree.Named(request, "audit"))
	stop := t.AfterFunc(tree.Named(query, "rollback"), func() {})
	go func() { <-query.Done() }()
	for t.Snapshot().Find(t.Path(query)).Waiting == 0 { // it has only just been started
		runtime.Gosched()
	}
	fmt.Println(t)

	stop()
	done()
	hangUp(errors.New("the client hung up"))
	fmt.Print(t)

	fmt.Println(query.Err(), audit.Err(), server.Err())
	shutdown()
	// Output:
	// server                    cancel                live
	// └── request               cancel                live
	//     └── a                 value tree_test.user  live
	//         ├── query         cancel                live, 1 waiting
	//         │   └── rollback  afterfunc             live
	//         └── audit         withoutcancel         live
	//
	// server                    cancel                live
	// └── request               cancel                #3 canceled: the client hung up
	//     └── a                 value tree_test.user  ~4 with its parent: the client hung up
	//         ├── query         cancel                #2 canceled
	//         │   └── rollback  afterfunc             #1 stopped
	//         └── audit         withoutcancel         live
	// context canceled <nil> <nil>
}
