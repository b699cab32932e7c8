import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { createServices } from '../../src/app/services.ts';
import { followStanding } from '../../src/app/reflexStanding.ts';
import type { ReflexStanding } from '../../src/core/reflex/standing.ts';
import { pairsOf, reportOf } from '../support/bakeoffReport.ts';
import { makeRepository } from '../support/gitRepository.ts';
import { hostOf } from '../support/projectApp.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

/** What is told of a repository with these files, one after the other: `next` is called after each with the repository's folder, until it says no more. */
async function followed(
  files: Readonly<Record<string, string>>,
  next: (repository: string) => 'more' | 'enough',
): Promise<readonly (ReflexStanding | string)[]> {
  using folder = temporaryFolder();
  await makeRepository(folder.join('repository'), files);
  const enough = new AbortController();
  const host = {
    ...hostOf({ root: folder.join('repository'), environment: { XDG_CONFIG_HOME: folder.join('config') } }),
    signal: enough.signal,
  };
  const told: (ReflexStanding | string)[] = [];
  const take = (value: ReflexStanding | string): void => {
    told.push(value);
    if (next(folder.join('repository')) === 'enough') enough.abort();
  };
  await followStanding(createServices(host), { onStanding: take, onProblem: take }, enough.signal);
  return told;
}

async function read(files: Readonly<Record<string, string>>): Promise<ReflexStanding> {
  const [told] = await followed(files, () => 'enough');
  if (told === undefined || typeof told === 'string') throw new Error(told);
  return told;
}

const name = (number: number): string => `.speckit/eval/reflex-bakeoff-2026110${number}T120000.json`;
const passing = reportOf(pairsOf(24));
const failing = reportOf(pairsOf(24, (index, side) => (side === 'reflex' && index < 12 ? { outcome: 'failed' } : {})));

describe('where [reflex] stands', () => {
  it('is what it has to reach and the bake-offs, the newest first', async () => {
    const standing = await read({
      'speckit.toml': '[reflex]\nenabled = true\n[reflex.thresholds]\np95_latency_ms = 900\n',
      [name(1)]: JSON.stringify(passing),
      [name(2)]: JSON.stringify(failing),
    });
    assert.deepEqual([standing.enabled, standing.thresholds.p95_latency_ms], [true, 900]);
    assert.deepEqual(
      standing.reports.map(({ file, passed }) => [file, passed]),
      [
        [name(2), false],
        [name(1), true],
      ],
    );
    assert.match(standing.reports[0]?.reasons.join(' ') ?? '', /50 %/);
    assert.equal(standing.reports[1]?.statistics.cloud.microdollars, 24 * 3_000);
    assert.deepEqual(structuredClone(standing), standing);
  });

  it('passes over what is no report, and believes the trials more than the verdict that is written beside them', async () => {
    const forged = { ...failing, verdict: { passed: true, reasons: [] } };
    const { reports, enabled } = await read({
      [name(1)]: '{',
      [name(2)]: JSON.stringify({ ...passing, schema_version: 99 }),
      [name(3)]: JSON.stringify(forged),
    });
    assert.deepEqual([enabled, reports.map(({ passed }) => passed)], [false, [false]]);
  });

  it('tells at most twenty of them', async () => {
    const files = Array.from({ length: 25 }, (_, index) => [
      `.speckit/eval/reflex-bakeoff-202611${String(index + 1).padStart(2, '0')}T120000.json`,
      JSON.stringify(passing),
    ]);
    const { reports } = await read(Object.fromEntries(files));
    assert.equal(reports.length, 20);
    assert.match(reports[0]?.file ?? '', /20261125T/);
  });

  it('is told again when a report comes, and what cannot be read is told in words until it is mended', async () => {
    const steps = [
      (root: string) => writeFileSync(path.join(root, name(2)), JSON.stringify(passing)),
      (root: string) => writeFileSync(path.join(root, 'speckit.toml'), '[reflex]\nenabled = 7\n'),
      (root: string) => writeFileSync(path.join(root, 'speckit.toml'), '[reflex]\nenabled = true\n'),
    ];
    const told = await followed({ [name(1)]: JSON.stringify(failing) }, (root) => {
      const step = steps.shift();
      step?.(root);
      return step === undefined ? 'enough' : 'more';
    });
    assert.deepEqual(
      told.map((value) =>
        typeof value === 'string'
          ? /speckit\.toml:2:1 reflex\.enabled must be/.test(value) || value
          : [value.enabled, value.reports.length],
      ),
      [[false, 1], [false, 2], true, [true, 2]],
    );
  }).timeout(20_000);
});
