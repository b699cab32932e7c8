package queue

import "testing"

func TestTakesTheSmallestWeightFirst(t *testing.T) {
	var queue Queue[string]
	for index, item := range []string{"c", "a", "d", "b"} {
		queue.Push(item, []int{3, 1, 3, 2}[index])
	}
	for _, expected := range []string{"a", "b", "c", "d"} {
		if found, ok := queue.Pop(); !ok || found != expected {
			t.Errorf("%q in the place of %q", found, expected)
		}
	}
	if found, ok := queue.Pop(); ok || found != "" {
		t.Errorf("%q of an empty queue", found)
	}
}

func TestKeepsTheOrderOfOneWeight(t *testing.T) {
	var queue Queue[int]
	for number := 0; number < 100; number++ {
		queue.Push(number, number%2)
	}
	for place := 0; place < 100; place++ {
		expected := 2 * place
		if place >= 50 {
			expected = 2*(place-50) + 1
		}
		if found, _ := queue.Pop(); found != expected {
			t.Fatalf("%d at %d", found, place)
		}
	}
}
