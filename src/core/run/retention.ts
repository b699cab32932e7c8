import { sizeText } from '../../base/measureText.ts';
import type { Configuration } from '../settings.ts';
import { blobReferences } from './blobReferences.ts';
import type { RunEvent } from './event.ts';

/** What the limits of `[retention]` are weighed against, for one run. Sizes in bytes, `lastAt` in milliseconds since 1970. */
export interface KeptRun {
  readonly runId: string;
  readonly specFolder: string;
  /** `finished`: its change was applied. `working`: a process is at work on it. */
  readonly state: 'finished' | 'unfinished' | 'working';
  readonly lastAt: number;
  /** Its log and everything beside it. */
  readonly bytes: number;
  readonly treeBytes: number;
  /** Texts it keeps, largest or smallest in no order, with whether a verdict cites them. */
  readonly blobs: readonly { readonly sha256: string; readonly bytes: number; readonly isCited: boolean }[];
}

/** What is to be removed, and why in words. A run that goes takes its tree and its texts with it. */
export interface Removals {
  readonly runs: readonly { readonly runId: string; readonly bytes: number; readonly why: string }[];
  readonly trees: readonly { readonly runId: string; readonly bytes: number; readonly why: string }[];
  readonly blobs: readonly {
    readonly runId: string;
    readonly sha256: readonly string[];
    readonly bytes: number;
    readonly why: string;
  }[];
  /** Limits that cannot be kept, or are nearly reached, by what stays. */
  readonly warnings: readonly string[];
}

type Limits = Configuration['retention'];

const DAY_MS = 86_400_000;
const MEGABYTE = 1_000_000;
/** From this share of a spec's limit on it is warned. */
const WARNING_SHARE = 0.8;

/**
 * Decides what goes: runs and trees by age, then the oldest runs while all together are too large, then texts that no verdict cites, oldest runs
 * first, while a spec has too many. Only finished runs are touched, and unfinished ones where `includes` says so; never one at work.
 */
export function removalsFor(
  runs: readonly KeptRun[],
  limits: Limits,
  now: number,
  includes: 'finished' | 'unfinished',
): Removals {
  const oldestFirst = runs.toSorted((left, right) => left.lastAt - right.lastAt);
  const removable = oldestFirst.filter(({ state }) => state === 'finished' || state === includes);
  const going = new Map<string, string>();
  const daysOf = ({ lastAt }: KeptRun): number => (now - lastAt) / DAY_MS;
  for (const run of removable)
    if (daysOf(run) > limits.run_days) going.set(run.runId, `older than ${limits.run_days} days`);
  let total = sumOf(runs.filter(({ runId }) => !going.has(runId)));
  for (const run of removable) {
    if (total <= limits.runs_megabytes * MEGABYTE) break;
    if (going.has(run.runId)) continue;
    going.set(run.runId, `all runs together are larger than ${sizeText(limits.runs_megabytes * MEGABYTE)}`);
    total -= run.bytes;
  }
  const staying = oldestFirst.filter(({ runId }) => !going.has(runId));
  const blobs = cappedBlobs(staying, removable, limits.evidence_megabytes * MEGABYTE);
  return {
    runs: removable.flatMap(({ runId, bytes, treeBytes }) => {
      const why = going.get(runId);
      return why === undefined ? [] : [{ runId, bytes: bytes + treeBytes, why }];
    }),
    trees: removable
      .filter((run) => !going.has(run.runId) && run.treeBytes > 0 && daysOf(run) > limits.tree_days)
      .map(({ runId, treeBytes }) => ({ runId, bytes: treeBytes, why: `older than ${limits.tree_days} days` })),
    ...blobs,
    warnings: [
      ...(total > limits.runs_megabytes * MEGABYTE
        ? [`What is left takes ${sizeText(total)}: more than retention.runs_megabytes, and none of it may go.`]
        : []),
      ...blobs.warnings,
    ],
  };
}

/** What a person is told when a spec's texts come near its limit; undefined while there is room. */
export function evidenceWarning(specFolder: string, bytes: number, limitMegabytes: number): string | undefined {
  const limit = limitMegabytes * MEGABYTE;
  if (bytes < limit * WARNING_SHARE) return undefined;
  return `${specFolder} keeps ${sizeText(bytes)} of evidence; the limit is ${sizeText(limit)} (retention.evidence_megabytes).`;
}

/**
 * The SHA-256 of every blob that must stay for its run's verdicts to be checked: the output of each check that a weighed signal names or that was
 * measured without the change (that is what new tests are proven against), the policy, the change that was measured, and each proposal with its
 * edits and decisions.
 * Prompts, answers and outputs of other steps are what a replay needs, and may go.
 */
export function citedBlobs(events: readonly RunEvent[]): ReadonlySet<string> {
  const weighed = new Set(events.flatMap((event) => (event.kind === 'GateDecision' ? event.payload.signals : [])));
  const signals = events
    .flatMap((event) => (event.kind === 'Signal' && weighed.has(event.payload.key) ? [event.payload.signal] : []))
    .map((signal) => JSON.stringify(signal))
    .join('\n');
  const cited = events.flatMap((event) => {
    if (event.kind === 'LLMCall') return [];
    if (event.kind === 'StepEnd' && !event.payload.key.startsWith('differences/')) return [];
    if (event.kind !== 'EvidenceRecord') return blobReferences(event.payload);
    const { check, tree, on, output } = event.payload;
    return on !== 'proposal' || signals.includes(`${check}@${tree.slice(0, 12)}`) ? [output] : [];
  });
  return new Set(cited.map(({ sha256 }) => sha256));
}

const sumOf = (list: readonly { readonly bytes: number }[]): number => list.reduce((sum, { bytes }) => sum + bytes, 0);

function cappedBlobs(
  staying: readonly KeptRun[],
  removable: readonly KeptRun[],
  limit: number,
): Pick<Removals, 'blobs' | 'warnings'> {
  const blobs: Removals['blobs'][number][] = [];
  const warnings: string[] = [];
  for (const specFolder of new Set(staying.map((run) => run.specFolder))) {
    const own = staying.filter((run) => run.specFolder === specFolder);
    let total = own.reduce((sum, run) => sum + sumOf(run.blobs), 0);
    for (const run of own) {
      if (total <= limit) break;
      const dropped = removable.includes(run) ? run.blobs.filter(({ isCited }) => !isCited) : [];
      if (dropped.length === 0) continue;
      const bytes = sumOf(dropped);
      const why = `${specFolder} keeps more than ${sizeText(limit)} of evidence`;
      blobs.push({ runId: run.runId, sha256: dropped.map(({ sha256 }) => sha256), bytes, why });
      total -= bytes;
    }
    const warning = evidenceWarning(specFolder, total, limit / MEGABYTE);
    if (warning !== undefined) warnings.push(warning);
  }
  return { blobs, warnings };
}
