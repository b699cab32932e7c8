/**
 * One test a row, of which the next row's work begins while a row is waited for: runs of the command line spend most of their time waiting, and
 * two at once fit the two cores that tests may count on. A row's failure is its own test's failure.
 */
export function inPairs<Row extends { readonly name: string }>(
  rows: readonly Row[],
  check: (row: Row) => Promise<void>,
): void {
  const begun = new Map<number, Promise<void>>();
  const begin = (index: number): Promise<void> => {
    const row = rows[index];
    const work = begun.get(index) ?? (row === undefined ? Promise.resolve() : check(row));
    // The test that waits for it reports the failure; until then it must not count as unhandled.
    work.catch(() => undefined);
    begun.set(index, work);
    return work;
  };
  for (const [index, row] of rows.entries()) {
    it(row.name, () => {
      const work = begin(index);
      void begin(index + 1);
      return work;
    });
  }
}
