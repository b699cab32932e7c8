import { setTimeout as delay } from 'node:timers/promises';

/** How often it is asked. Milliseconds. */
const LOOK_MS = 50;
const WAIT_MS = 20_000;

/** Asks again until the answer is something; undefined when it is still nothing after so long. Asks once at least. */
export async function within<Answer>(
  milliseconds: number,
  ask: () => Answer | undefined | Promise<Answer | undefined>,
): Promise<Answer | undefined> {
  const deadline = performance.now() + milliseconds;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined || performance.now() > deadline) return answer;
    await delay(LOOK_MS);
  }
}

/** Asks again until the answer is something; fails with `what` when it is still nothing after 20 s. For what no locator can wait for. */
export async function eventually<Answer>(
  what: string,
  ask: () => Answer | undefined | Promise<Answer | undefined>,
): Promise<Answer> {
  const answer = await within(WAIT_MS, ask);
  if (answer === undefined) throw new Error(`not within 20 s: ${what}`);
  return answer;
}
