import path from 'node:path';
import { estimateRequestTokens } from '../../src/core/ledger/estimate.ts';
import type { ModelRequest } from '../../src/core/ports.ts';
import type { Payload } from '../../src/core/run/event.ts';
import type { Role, Stage } from '../../src/core/run/stage.ts';
import { createBlobStore } from '../../src/node/log/blobStore.ts';
import { readEventLog } from '../../src/node/log/eventLog.ts';

/** One request of a run, as its log holds it. */
export interface PromptCall {
  readonly key: string;
  readonly stage: Stage;
  readonly role: Role;
  readonly tokens: number;
  /** What the model reads, in its order: tools, system, messages, schema. */
  readonly bytes: number;
  /** Of them, those that an earlier request of the run begins with too. */
  readonly repeated: number;
}

export interface PromptRun {
  readonly calls: readonly PromptCall[];
  readonly cuts: readonly Payload<'ContextCut'>[];
}

/** The requests of a run by its folder. Tokens are SpecKit's own estimate. */
export async function promptRun(folder: string): Promise<PromptRun> {
  const log = await readEventLog(path.join(folder, 'events.jsonl'));
  if (log.kind === 'error') throw new Error(`the run's log cannot be read: ${log.error.kind}`);
  const blobs = createBlobStore(path.join(folder, 'blobs'));
  const earlier: Buffer[] = [];
  const calls: PromptCall[] = [];
  const cuts: Payload<'ContextCut'>[] = [];
  for (const event of log.value.events) {
    if (event.kind === 'ContextCut') cuts.push(event.payload);
    if (event.kind !== 'LLMCall' || event.payload.prompt === null) continue;
    const { key, stage, role, prompt } = event.payload;
    // It was written by this program, and its hash has been checked.
    const request = JSON.parse(await blobs.get(prompt)) as Omit<
      ModelRequest,
      'stepKey' | 'maxOutputTokens' | 'outputSchema'
    > & {
      readonly outputSchema: ModelRequest['outputSchema'] | null;
    };
    const { outputSchema, ...rest } = request;
    const read = Buffer.from(
      [...rest.tools, rest.system, ...rest.messages].map((part) => `${JSON.stringify(part)}\n`).join(''),
    );
    const schema = outputSchema === null ? '' : JSON.stringify(outputSchema);
    calls.push({
      key,
      stage,
      role,
      tokens: estimateRequestTokens(outputSchema === null ? rest : { ...rest, ...(outputSchema && { outputSchema }) }),
      bytes: read.length + schema.length,
      repeated: Math.max(0, ...earlier.map((other) => sharedPrefix(other, read))),
    });
    earlier.push(read);
  }
  return { calls, cuts };
}

export function sharedPrefix(left: Buffer, right: Buffer): number {
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index += 1) if (left[index] !== right[index]) return index;
  return length;
}
