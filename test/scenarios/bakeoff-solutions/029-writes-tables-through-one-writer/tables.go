// Package tables writes rows of cells as text.
package tables

import (
	"io"
	"strings"
)

// CSV writes rows with commas between their cells.
func CSV(rows [][]string) string { return written(rows, ',') }

// TSV writes rows with tabs between their cells.
func TSV(rows [][]string) string { return written(rows, '\t') }

// Write writes rows with a rune between their cells, up to the first error of the writer.
func Write(writer io.Writer, rows [][]string, comma rune) error {
	for _, row := range rows {
		cells := make([]string, len(row))
		for index, cell := range row {
			cells[index] = quoted(cell, comma)
		}
		if _, err := io.WriteString(writer, strings.Join(cells, string(comma))+"\n"); err != nil {
			return err
		}
	}
	return nil
}

func written(rows [][]string, comma rune) string {
	var text strings.Builder
	// A builder of texts never fails.
	_ = Write(&text, rows, comma)
	return text.String()
}

func quoted(cell string, comma rune) string {
	if !strings.ContainsAny(cell, string(comma)+"\"\r\n") {
		return cell
	}
	return "\"" + strings.ReplaceAll(cell, "\"", "\"\"") + "\""
}
