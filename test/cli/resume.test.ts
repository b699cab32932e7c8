import { checkKilledRun, killBench, seededNumbers, type KillBench, type KillMoment } from '../support/killedRun.ts';

/** Every n-th event boundary; SPECKIT_EVERY_BOUNDARY=1 takes all of them. */
const STRIDE = process.env['SPECKIT_EVERY_BOUNDARY'] === undefined ? 20 : 1;

describe('a run that is killed and resumed', function () {
  this.timeout(STRIDE === 1 ? 1_200_000 : 120_000);
  let benches: readonly KillBench[] = [];
  before(async () => {
    benches = await Promise.all([killBench(), killBench()]);
  });
  after(async () => {
    for (const bench of benches) await bench[Symbol.asyncDispose]();
  });

  /** Kills one fresh run at each moment, two runs at a time; tells of at most five failures. */
  async function checkAll(moments: readonly KillMoment[]): Promise<void> {
    const failures: string[] = [];
    const lane = async (bench: KillBench, own: readonly KillMoment[]): Promise<void> => {
      for (const moment of own) {
        await checkKilledRun(bench, [moment]).catch((error: unknown) => failures.push(String(error)));
      }
    };
    await Promise.all(
      benches.map((bench, nth) =>
        lane(
          bench,
          moments.filter((_, index) => index % 2 === nth),
        ),
      ),
    );
    if (failures.length > 0) throw new Error(`${failures.length} moments:\n${failures.slice(0, 5).join('\n')}`);
  }

  it('ends as the undisturbed run, whichever event it was killed at', async () => {
    const nEvents = benches[0]?.nEvents ?? 0;
    const numbers = Array.from({ length: Math.ceil(nEvents / STRIDE) }, (_, index) => 1 + index * STRIDE);
    await checkAll(numbers.map((number) => ({ kind: 'event', number })));
  });

  it('ends as the undisturbed run, killed at ten random moments', async () => {
    const random = seededNumbers(20_261_121);
    const longest = benches[0]?.milliseconds ?? 0;
    await checkAll(Array.from({ length: 10 }, () => ({ kind: 'time', milliseconds: random() * longest })));
  });

  it('ends as the undisturbed run, killed five times in a row', async () => {
    const random = seededNumbers(7);
    const moments = Array.from({ length: 5 }, () => ({ kind: 'time' as const, milliseconds: 300 + random() * 500 }));
    const [bench] = benches;
    if (bench !== undefined) await checkKilledRun(bench, moments);
  });
});
