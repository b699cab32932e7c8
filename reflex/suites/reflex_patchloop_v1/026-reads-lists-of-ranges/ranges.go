// Package ranges reads and writes lists like "1-3,7".
package ranges

import (
	"fmt"
	"strconv"
	"strings"
)

// Range is a run of whole numbers from 0 on, both ends in it.
type Range struct{ From, To int }

// String writes ranges with commas between them.
func String(ranges []Range) string {
	text := ""
	for _, each := range ranges {
		text += fmt.Sprintf("%d-%d,", each.From, each.To)
	}
	return text
}

// Parse reads what String writes.
func Parse(text string) ([]Range, error) {
	var ranges []Range
	for _, part := range strings.Split(text, ",") {
		ends := strings.Split(part, "-")
		from, err := strconv.Atoi(ends[0])
		if err != nil {
			return ranges, err
		}
		to, _ := strconv.Atoi(ends[len(ends)-1])
		ranges = append(ranges, Range{from, to})
	}
	return ranges, nil
}
