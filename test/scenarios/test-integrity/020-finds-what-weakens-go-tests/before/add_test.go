package add

import "testing"

func TestAdd(t *testing.T) {
	if got := Add(1, 2); got != 3 {
		t.Errorf("got %d", got)
	}
	t.Run("negative", func(t *testing.T) {
		require.Equal(t, 1, Add(-1, 2))
	})
}

func TestZero(t *testing.T) {
	require.Equal(t, 0, Add(0, 0))
}
