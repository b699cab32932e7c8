module queue

go 1.18
