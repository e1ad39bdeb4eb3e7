package testcache

// Judge finds out whether make makes a Cache; see Tester.
//
// This one sees whether a cache returns what was loaded, and nothing else. Keep what is right
// about it, and add the rest.
func Judge(t T, make Maker) {
	c := make(func(key string) (string, error) { return "value of " + key, nil })
	for range 2 {
		if value, err := c.Get("a"); value != "value of a" || err != nil {
			t.Fatalf("Get returned %q, %v", value, err)
		}
	}
}
