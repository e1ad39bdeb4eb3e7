package gate

// Gate is open or shut.
type Gate bool
