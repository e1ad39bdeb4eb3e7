package addinside

// Walk visits start and all pages that it leads to, one after another; see Walker.
func Walk(start string, visit Visit) (visits int) {
	todo := []string{start}
	for len(todo) > 0 {
		page := todo[0]
		todo = append(todo[1:], visit(page)...)
		visits++
	}
	return visits
}
