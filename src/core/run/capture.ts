import { sha256 } from '../../base/hash.ts';
import { blobReferences } from './blobReferences.ts';
import { CAPTURE_MODES, type CaptureMode } from '../settings.ts';
import type { RunEvent } from './event.ts';
import { citedBlobs } from './retention.ts';

/** What of a model's call is text: what it is asked and told, and what it answers. */
export type CapturedText = 'request' | 'answer';

/** Hashes, sizes, tokens, verdicts and evidence are kept in every mode. */
const KEPT: Readonly<Record<CaptureMode, readonly CapturedText[]>> = {
  none: [],
  prompts_only: ['request'],
  full_io: ['request', 'answer'],
};

export const isKept = (mode: CaptureMode, text: CapturedText): boolean => KEPT[mode].includes(text);

/** The one that keeps less. */
export function stricterMode(left: CaptureMode, right: CaptureMode): CaptureMode {
  return CAPTURE_MODES.indexOf(left) <= CAPTURE_MODES.indexOf(right) ? left : right;
}

/**
 * The blobs of a run's answers, by SHA-256: those its mode does not keep once the run has ended. Until then they are what a resumed run goes on with
 * instead of paying again. What a verdict cites is not among them, nor what was dropped already.
 */
export function passingBlobs(events: readonly RunEvent[], mode: CaptureMode): ReadonlyMap<string, number> {
  const passing = new Map<string, number>();
  if (isKept(mode, 'answer')) return passing;
  const modelSteps = new Set<string>();
  for (const event of events) {
    if (event.kind === 'StepStart' && event.payload.effect === 'model') modelSteps.add(event.payload.key);
    if (event.kind === 'LLMCall' && event.payload.answer !== null)
      passing.set(event.payload.answer.sha256, event.payload.answer.bytes);
    if (event.kind === 'StepEnd' && modelSteps.has(event.payload.key) && 'blob' in event.payload.output)
      passing.set(event.payload.output.blob.sha256, event.payload.output.blob.bytes);
  }
  for (const name of [...citedBlobs(events), ...droppedBlobs(events)]) passing.delete(name);
  return passing;
}

/** Blobs that were removed from the run, by their SHA-256. One that was written again since is there. */
export function droppedBlobs(events: readonly RunEvent[]): ReadonlySet<string> {
  const dropped = new Set<string>();
  for (const event of events) {
    if (event.kind === 'BlobsDropped') for (const name of event.payload.sha256) dropped.add(name);
    else if (dropped.size > 0) for (const { sha256: name } of blobReferences(event.payload)) dropped.delete(name);
  }
  return dropped;
}

/** What stands in the log in the place of a text that is not kept. */
export function unkeptText(text: string): string {
  return `(not kept: ${text.length} characters, SHA-256 ${sha256(text)})`;
}
