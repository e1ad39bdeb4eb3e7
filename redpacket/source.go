package redpacket

import "embed"

// Source is the source of this package, of law and of grab, for the pages of the experiments that
// quote it: "walk.go", "law/walk.go", "grab/pile.go".
//
//go:embed *.go law/*.go grab/*.go grab/users/*.go
var Source embed.FS
