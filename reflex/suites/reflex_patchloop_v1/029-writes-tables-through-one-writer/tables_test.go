package tables

import (
	"errors"
	"strings"
	"testing"
)

var rows = [][]string{{"a,b", "c\td"}, {}, {"say \"so\"", "two\nlines", "", "é"}}

const (
	csv = "\"a,b\",c\td\n\n\"say \"\"so\"\"\",\"two\nlines\",,é\n"
	tsv = "a,b\t\"c\td\"\n\n\"say \"\"so\"\"\"\t\"two\nlines\"\t\té\n"
)

func TestAnswersAsBefore(t *testing.T) {
	if CSV(rows) != csv || TSV(rows) != tsv {
		t.Errorf("%q\n%q", CSV(rows), TSV(rows))
	}
	if CSV(nil) != "" || TSV([][]string{}) != "" {
		t.Error("something of nothing")
	}
}

func TestWrites(t *testing.T) {
	for comma, expected := range map[rune]string{',': csv, '\t': tsv, '→': "a,b→c\td\n\n\"say \"\"so\"\"\"→\"two\nlines\"→→é\n"} {
		var text strings.Builder
		if err := Write(&text, rows, comma); err != nil || text.String() != expected {
			t.Errorf("%q: %q, %v", comma, text.String(), err)
		}
	}
}

var errFull = errors.New("the disk is full")

// failing fails as soon as a row after the first one comes.
type failing struct{ text string }

func (writer *failing) Write(bytes []byte) (int, error) {
	if strings.Contains(writer.text, "\n") {
		writer.text += "!"
		return 0, errFull
	}
	writer.text += string(bytes)
	return len(bytes), nil
}

func TestStopsAtTheFirstError(t *testing.T) {
	var writer failing
	err := Write(&writer, [][]string{{"one"}, {"two"}, {"three"}}, ',')
	if !errors.Is(err, errFull) || writer.text != "one\n!" {
		t.Errorf("%q, %v", writer.text, err)
	}
}
