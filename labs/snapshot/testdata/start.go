package snapshot

// New returns a book that begins with what first holds; see Book.
func New(first Routes) Book { return &book{routes: first} }

type book struct{ routes Routes }

// Now is right, as long as nobody ever changes anything.
func (b *book) Now() Routes { return b.routes }

func (b *book) Servers(host string) []string { return b.routes[host] }

func (b *book) Update(change func(draft Routes)) { change(b.routes) }
