/**
 * The results of works that run at the same time, in the order of the list. Waits for all of them also when one fails, so that nothing is left under way;
 * then throws the failure that stands first in the list.
 */
export async function together<Value>(works: readonly (() => Promise<Value>)[]): Promise<readonly Value[]> {
  const ended = await Promise.allSettled(works.map((work) => work()));
  return ended.map((end) => {
    if (end.status === 'rejected') throw end.reason;
    return end.value;
  });
}
