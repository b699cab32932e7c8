package add

import "testing"

func TestAdd(t *testing.T) {
	if got := Add(1, 2); got != got {
		t.Errorf("got %d", got)
	}
}

func TestZero(t *testing.T) {
	t.Skip("later")
	require.Equal(t, 0, Add(0, 0))
}
