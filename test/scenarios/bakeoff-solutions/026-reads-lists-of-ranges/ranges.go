// Package ranges reads and writes lists like "1-3,7".
package ranges

import (
	"fmt"
	"sort"
	"strconv"
	"strings"
)

// Range is a run of whole numbers from 0 on, both ends in it.
type Range struct{ From, To int }

// String writes ranges with commas between them.
func String(ranges []Range) string {
	parts := make([]string, len(ranges))
	for index, each := range ranges {
		parts[index] = strconv.Itoa(each.From)
		if each.To > each.From {
			parts[index] = fmt.Sprintf("%d-%d", each.From, each.To)
		}
	}
	return strings.Join(parts, ",")
}

// Parse reads what String writes.
func Parse(text string) ([]Range, error) {
	var ranges []Range
	for _, part := range strings.Split(text, ",") {
		each, err := parseOne(part)
		if err != nil {
			return nil, err
		}
		ranges = append(ranges, each)
	}
	sort.Slice(ranges, func(left, right int) bool { return ranges[left].From < ranges[right].From })
	merged := ranges[:1]
	for _, each := range ranges[1:] {
		last := &merged[len(merged)-1]
		if each.From > last.To+1 {
			merged = append(merged, each)
		} else if each.To > last.To {
			last.To = each.To
		}
	}
	return merged, nil
}

func parseOne(part string) (Range, error) {
	ends := strings.Split(part, "-")
	if len(ends) > 2 {
		return Range{}, fmt.Errorf("%q is no range", part)
	}
	numbers := make([]int, len(ends))
	for index, end := range ends {
		number, err := strconv.ParseUint(strings.TrimSpace(end), 10, 31)
		if err != nil {
			return Range{}, fmt.Errorf("%q is no number", end)
		}
		numbers[index] = int(number)
	}
	found := Range{numbers[0], numbers[len(numbers)-1]}
	if found.To < found.From {
		return Range{}, fmt.Errorf("%q ends before it begins", part)
	}
	return found, nil
}
