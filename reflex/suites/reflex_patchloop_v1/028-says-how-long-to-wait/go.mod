module bucket

go 1.18
