const part = /\p{Lu}+(?!\p{Ll})\p{N}*|\p{Lu}?\p{Ll}+\p{N}*|\p{N}+|\p{L}+/gu;

/** The words that a line's names are made of, in small letters: `isTextAt(limit2)` is made of `is`, `text`, `at` and `limit2`. */
export function nameParts(line: string): readonly string[] {
  return (line.match(part) ?? []).map((word) => word.toLowerCase());
}

/** The items of `left` that `right` lacks, each as often as it lacks it. */
export function without(left: readonly string[], right: readonly string[]): readonly string[] {
  const rest = [...right];
  return left.filter((word) => {
    const at = rest.indexOf(word);
    if (at !== -1) rest.splice(at, 1);
    return at === -1;
  });
}
