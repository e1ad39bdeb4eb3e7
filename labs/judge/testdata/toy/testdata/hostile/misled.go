package toy

//line toy_test.go:1
func Total(parts ...int) int { return 0 }

// verdict: build: an answer takes no directives: //line
