// Package tables writes rows of cells as text.
package tables

import "strings"

// CSV writes rows with commas between their cells.
func CSV(rows [][]string) string {
	text := ""
	for _, row := range rows {
		for index, cell := range row {
			if index > 0 {
				text += ","
			}
			if strings.ContainsAny(cell, ",\"\r\n") {
				cell = "\"" + strings.ReplaceAll(cell, "\"", "\"\"") + "\""
			}
			text += cell
		}
		text += "\n"
	}
	return text
}

// TSV writes rows with tabs between their cells.
func TSV(rows [][]string) string {
	text := ""
	for _, row := range rows {
		for index, cell := range row {
			if index > 0 {
				text += "\t"
			}
			if strings.ContainsAny(cell, "\t\"\r\n") {
				cell = "\"" + strings.ReplaceAll(cell, "\"", "\"\"") + "\""
			}
			text += cell
		}
		text += "\n"
	}
	return text
}
