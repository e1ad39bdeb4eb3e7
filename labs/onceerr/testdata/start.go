package onceerr

// Once returns a function that loads; see Oncer. It loads each time, which is at least
// never too old.
func Once(load Load) (get func() (string, error)) {
	return func() (string, error) {
		v, err := load()
		if err != nil {
			return "", err
		}
		return v, nil
	}
}
