// Package queue keeps items by their weight.
package queue

import (
	"container/heap"
	"sort"
)

type entry[Item any] struct {
	item   Item
	weight int
	number int
}

type entries[Item any] []entry[Item]

func (all entries[Item]) Len() int           { return len(all) }
func (all entries[Item]) Less(i, j int) bool { return all[i].weight < all[j].weight }
func (all entries[Item]) Swap(i, j int)      { all[i], all[j] = all[j], all[i] }
func (all entries[Item]) Push(added any)     { *all = append(*all, added) }
func (all *entries[Item]) Pop() any {
	last := len(all) - 1
	taken := (*all)[last]
	*all = (*all)[:last]
	return taken
}

// Queue gives its items by weight, the smallest first, and those of one weight in the order they were pushed.
type Queue[Item any] struct {
	entries entries
	pushed  int
}

// Push adds an item.
func (queue *Queue[Item]) Push(item Item, weight int) {
	queue.pushed++
	heap.Push(queue.entries, entry{item, weight, queue.pushed})
}

// Pop takes the next item; false where there is none.
func (queue *Queue[Item]) Pop() (Item, bool) {
	if len(queue.entries) == 0 {
		return nil, false
	}
	return heap.Pop(&queue.entries).item, true
}
