package toy

// verdict: build: undefined: Total
