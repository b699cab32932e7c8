/** A number with its noun: `1 task`, `2 tasks`. The plural is the noun with an s. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
