import { parseArgs } from 'node:util';
import {
  checkKilledRun,
  killBench,
  seededNumbers,
  type KillBench,
  type KilledRun,
  type KillMoment,
} from '../support/killedRun.ts';
import { changed, goodTest, OLD_CODE, patchCall, said, WRONG_CODE } from '../support/pipelineScript.ts';
import { configuration, GOOD_CODE, type Answers } from '../support/scriptedProject.ts';

/*
 * `npm run crashtest [-- --kills N --seed S]`: the built command line, killed with SIGKILL at every boundary between two events of a whole run and at
 * seeded random moments, resumed after each kill, and compared with a run that nobody disturbed (checkKilledRun says in what). The run's first attempt
 * fails its check, and it asks a person, whom the command line answers for between the kills. Ends with 1 when a
 * comparison failed. The same seed gives the same moments.
 */

/** Kills of one run, one after the other. A resumed process goes a few events further and is killed again. */
interface Chain {
  readonly kind: 'every event boundary' | 'boundaries, half a line torn' | 'calls in flight' | 'random moments';
  moments(bench: KillBench): readonly KillMoment[];
}

/** Kills of one run: more make the test faster, for each process then works less, and the moments of a run depend less on each other when there are fewer. */
const KILLS_PER_RUN = 34;
const LANES = 2;
const FEWEST_RANDOM = 12;
/** Random moments lie between the start of a process and this share of an undisturbed run, so that most of them come before its end. */
const LATEST_SHARE = 0.45;
const FAILURES_TOLD = 5;

/** The check of the sample, in one process: well under 0.3 s. */
const FAST_CHECK = 'node --test --test-isolation=none';

/** It asks a person once, and its first attempt at the task fails the check. */
const ATTEMPTS: Answers = {
  brief: [changed('brief', { open_questions: [{ text: 'May a name hold spaces?', blocking: true }] })],
  implement: [
    patchCall('src/greet.js', OLD_CODE, WRONG_CODE),
    goodTest(),
    said('Done.'),
    patchCall('src/greet.js', WRONG_CODE, GOOD_CODE),
    said('Mended.'),
  ],
};

const { values } = parseArgs({
  options: { kills: { type: 'string', default: '220' }, seed: { type: 'string', default: '20261121' } },
});
process.exitCode = await crashTest(Number(values.kills), Number(values.seed));

async function crashTest(nKills: number, seed: number): Promise<number> {
  const startedAt = performance.now();
  const start = (): Promise<KillBench> =>
    killBench({
      toml: (url) => configuration(url).replace('node --test', FAST_CHECK),
      answers: ATTEMPTS,
    });
  const benches = [await start(), await start()].slice(0, LANES);
  try {
    const [first] = benches;
    if (first === undefined) return 1;
    const waiting = [...chainsOf(first, nKills, seed)];
    const ended: { readonly chain: Chain; readonly result: KilledRun }[] = [];
    const failures: string[] = [];
    const lane = async (bench: KillBench): Promise<void> => {
      for (let chain = waiting.shift(); chain !== undefined; chain = waiting.shift()) {
        try {
          ended.push({ chain, result: await checkKilledRun(bench, chain.moments(bench)) });
        } catch (error) {
          failures.push(String(error));
        }
      }
    };
    await Promise.all(benches.map(lane));
    process.stdout.write(
      table(ended, { nBoundaries: first.marks.length, seconds: (performance.now() - startedAt) / 1_000, seed }),
    );
    if (failures.length === 0) return 0;
    process.stdout.write(`\n${failures.length} runs failed:\n${failures.slice(0, FAILURES_TOLD).join('\n\n')}\n`);
    return 1;
  } finally {
    for (const bench of benches) await bench[Symbol.asyncDispose]();
  }
}

/** Every boundary once, spread over runs so that each run is killed from its beginning to its end; every call; random moments for the rest of the kills. */
function chainsOf({ marks, nRequests, milliseconds }: KillBench, nKills: number, seed: number): readonly Chain[] {
  const random = seededNumbers(seed);
  const nChains = Math.ceil(marks.length / KILLS_PER_RUN);
  const boundaries = Array.from({ length: nChains }, (_, nth): Chain => {
    const isTorn = nth % 3 === 2;
    return {
      kind: isTorn ? 'boundaries, half a line torn' : 'every event boundary',
      // Marks name trees, and each bench has trees of its own: its configuration names its server.
      moments: (bench) =>
        bench.marks
          .filter((__, index) => index % nChains === nth)
          .map((mark) => ({ kind: 'line', mark, ...(isTorn && { torn: true }) })),
    };
  });
  const nRandom = Math.max(FEWEST_RANDOM, nKills - marks.length - nRequests);
  const randoms = Array.from({ length: Math.ceil(nRandom / KILLS_PER_RUN) }, (_, nth): Chain => {
    const length = Math.min(KILLS_PER_RUN, nRandom - nth * KILLS_PER_RUN);
    const moments = Array.from({ length }, () => ({
      kind: 'time' as const,
      milliseconds: random() * milliseconds * LATEST_SHARE,
    }));
    return { kind: 'random moments', moments: () => moments };
  });
  // The first request of a resumed process is the one that was in flight: it is let through, so that the run comes further.
  const inFlight: Chain = {
    kind: 'calls in flight',
    moments: ({ nRequests }) =>
      Array.from({ length: nRequests }, (_, nth) => ({ kind: 'request', number: nth === 0 ? 1 : 2 })),
  };
  return [...boundaries, inFlight, ...randoms];
}

function table(
  ended: readonly { readonly chain: Chain; readonly result: KilledRun }[],
  { nBoundaries, seconds, seed }: { readonly nBoundaries: number; readonly seconds: number; readonly seed: number },
): string {
  const kinds = [...new Set(ended.map(({ chain }) => chain.kind))];
  const row = (name: string, of: typeof ended): string => {
    const sum = (count: (result: KilledRun) => number): string =>
      String(of.reduce((total, { result }) => total + count(result), 0)).padStart(9);
    return `${name.padEnd(30)}${String(of.length).padStart(6)}${sum(({ nKills }) => nKills)}${sum(({ nRequests }) => nRequests)}${sum(({ nInFlight }) => nInFlight)}${sum(({ nInDoubt }) => nInDoubt)}`;
  };
  const lines = [
    `${'killed at'.padEnd(30)}${'runs'.padStart(6)}${'kills'.padStart(9)}${'requests'.padStart(9)}${'in flight'.padStart(10)}${'in doubt'.padStart(9)}`,
    ...kinds.map((kind) =>
      row(
        kind,
        ended.filter(({ chain }) => chain.kind === kind),
      ),
    ),
    row('all', ended),
  ];
  return `${lines.join('\n')}\n${nBoundaries} event boundaries, seed ${seed}, ${seconds.toFixed(0)} s. Every run above ended as the undisturbed one.\n`;
}
