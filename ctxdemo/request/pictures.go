package request

// pictureBefore is what the tree draws while all is well, but for the stock.
const pictureBefore = `
server                    cancel                 live, 1 waiting
└── request               cancel                 live, 1 waiting
    └── handler           deadline               live, 1 waiting
        └── user          value request.userKey  live
            ├── prices    cancel                 live, 2 waiting
            ├── stock     deadline               ~1 timed out: the stock was too slow
            ├── reviews   cancel (adopted)       live, 2 waiting
            ├── audit     withoutcancel          live
            │   └── log   deadline               live, 1 waiting
            └── rollback  afterfunc              live
`

// pictureAfter is what it draws when the client has hung up. Below the request it goes through
// lists of its own, so that the numbers are the same in every run.
const pictureAfter = `
server                    cancel                 live, 1 waiting
└── request               cancel                 #2 canceled: the client hung up
    └── handler           deadline               ~3 with its parent: the client hung up
        └── user          value request.userKey  ~4 with its parent: the client hung up
            ├── prices    cancel                 ~5 with its parent: the client hung up
            ├── stock     deadline               ~1 timed out: the stock was too slow
            ├── reviews   cancel (adopted)       live, 2 waiting
            ├── audit     withoutcancel          live
            │   └── log   deadline               live, 1 waiting
            ├── rollback  afterfunc              ~6 called: the client hung up
            └── late      cancel                 ~7 with its parent: the client hung up
`
