/** The text with at most `most` characters (at least 1) as people see them. */
export function cut(text, most) {
  if (text.length <= most) return text;
  return `${text.slice(0, most - 1)}…`;
}

/** The first character of each word, in upper case. */
export function initials(name) {
  return name
    .split(' ')
    .map((word) => word.charAt(0).toUpperCase())
    .join('');
}
