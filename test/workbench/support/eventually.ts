import { setTimeout as delay } from 'node:timers/promises';

/** Asks again until the answer is something; fails with `what` when it is still nothing after 20 s. For what no locator can wait for. */
export async function eventually<Answer>(
  what: string,
  ask: () => Answer | undefined | Promise<Answer | undefined>,
): Promise<Answer> {
  const deadline = performance.now() + 20_000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > deadline) throw new Error(`not within 20 s: ${what}`);
    await delay(50);
  }
}
