package ranges

import (
	"reflect"
	"testing"
)

func TestReads(t *testing.T) {
	for text, expected := range map[string][]Range{
		"7":             {{7, 7}},
		"0-0":           {{0, 0}},
		"1-3,7":         {{1, 3}, {7, 7}},
		" 1 - 3 , 7 ":   {{1, 3}, {7, 7}},
		"5,1-2,3-4":     {{1, 5}},
		"10-20,12-15,9": {{9, 20}},
		"8,3":           {{3, 3}, {8, 8}},
	} {
		found, err := Parse(text)
		if err != nil || !reflect.DeepEqual(found, expected) {
			t.Errorf("%q: %v, %v", text, found, err)
		}
	}
}

func TestRefuses(t *testing.T) {
	for _, text := range []string{"", ",", "1,", "3-1", "a", "1-b", "-1", "1-", "1-2-3", "1.5"} {
		if found, err := Parse(text); err == nil || len(found) > 0 {
			t.Errorf("%q: %v, %v", text, found, err)
		}
	}
}

func TestWrites(t *testing.T) {
	for text, ranges := range map[string][]Range{
		"1-3,7": {{1, 3}, {7, 7}},
		"0":     {{0, 0}},
		"":      {},
	} {
		if String(ranges) != text {
			t.Errorf("%v: %q", ranges, String(ranges))
		}
	}
}
