function f() {
	if (x) {
		if (y) {
			return 2;
		}
	}
}
