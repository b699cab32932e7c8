module ranges

go 1.18
