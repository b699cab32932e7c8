package add

//nolint:errcheck
func f() {}
