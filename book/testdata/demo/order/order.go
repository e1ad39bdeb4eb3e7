package order

// serve takes the customers in the order of their arrival.
func serve(customers []string, home func(name string)) {
	for _, name := range customers {
		home(name) // one < two && "quoted"
	}
}
