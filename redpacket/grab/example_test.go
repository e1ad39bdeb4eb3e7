package grab_test

import (
	"context"
	"errors"
	"fmt"

	"lab.example/gopark/redpacket"
	"lab.example/gopark/redpacket/grab"
)

func Example() {
	// Three parts of 5 coins each: there is one way to split 15 so.
	envelope, err := grab.New(redpacket.Params{N: 3, Min: 5, Max: 5, Sum: 15})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, user := range []string{"ann", "bob", "ann", "cleo", "dan"} {
		switch g, err := envelope.Grab(context.Background(), user); {
		case errors.Is(err, grab.ErrSoldOut):
			fmt.Println(user, "comes too late")
		case err != nil:
			fmt.Println(user, "gets nothing:", err)
		case g.Again:
			fmt.Println(user, "has part", g.Index, "already:", g.Amount)
		default:
			fmt.Println(user, "gets part", g.Index, "of", g.Amount)
		}
	}
	fmt.Println(envelope.Left(), "left")
	// Output:
	// ann gets part 0 of 5
	// bob gets part 1 of 5
	// ann has part 0 already: 5
	// cleo gets part 2 of 5
	// dan comes too late
	// 0 left
}
