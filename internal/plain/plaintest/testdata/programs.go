// Command programs has the shape in which experiments keep their programs.
package main

import "os"

var programs = map[string]func(){
	"first":           func() {},
	"with \"quotes\"": func() {},
	`raw`:             first,
}

func first() {}

func main() { programs[os.Args[1]]() }
