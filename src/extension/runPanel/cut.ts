/** Text cut to so many characters, with `…` where it was longer. Half a surrogate pair at the cut becomes U+FFFD. */
export function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1).toWellFormed()}…` : text;
}

/** The first texts of a list, each cut. */
export function cutList(texts: readonly string[], entries: number, most: number): string[] {
  return texts.slice(0, entries).map((text) => cut(text, most));
}
