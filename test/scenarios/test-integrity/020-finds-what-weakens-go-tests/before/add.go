package add
