import { within } from './eventually.ts';

/*
 * The editor loses clicks: a row that is drawn anew under the pointer is selected and not opened, a lens that is replaced does nothing, a menu takes no
 * click in its first moments. A person looks and clicks again, and so do the tests, always asking for the effect and never for the click.
 */

/** How long a click that may have been lost is given to do something. */
export const AGAIN_MS = 5_000;
const WAIT_MS = 30_000;

/** Acts until it is done, each time after a while without any effect. */
export async function untilDone(act: () => Promise<void>, done: () => Promise<boolean>): Promise<void> {
  const isDone = async (): Promise<true | undefined> => ((await done()) ? true : undefined);
  const didSomething = await within(WAIT_MS, async () => {
    // What is clicked may go while it is clicked: whether that did anything is looked at next.
    await act().catch(ifTimeout(undefined));
    return within(AGAIN_MS, isDone);
  });
  if (didSomething === undefined) throw new Error('a click did nothing, however often it was tried');
}

/** What to go on with after a time-out; any other failure is thrown on. */
export function ifTimeout<Value>(value: Value): (problem: unknown) => Value {
  return (problem) => {
    if (problem instanceof Error && problem.name === 'TimeoutError') return value;
    throw problem;
  };
}
