import type { Progress } from '../../core/pipeline/context.ts';
import type { RunEvent } from '../../core/run/event.ts';
import type { Role } from '../../core/run/stage.ts';

/** Characters of an answer that are kept while it comes: as much of a plan as a panel reads. Of a longer one the beginning goes. */
const KEPT_CHARACTERS = 100_000;

/** What the calls that are on their way have said so far: the log has it only once a call has ended, and a panel may open meanwhile. */
export interface PresentCall {
  progress(progress: Progress): void;
  event(event: RunEvent): void;
  /** As a panel that had been open would have been told it, the call that began last at the end; empty when none is on its way. */
  soFar(): readonly Progress[];
}

/** A role makes one call at a time; the advisers of a stage call together. */
export function createPresentCall(): PresentCall {
  const calls = new Map<Role, { call: Extract<Progress, { kind: 'call' }>; text: string }>();
  return {
    progress: (progress) => {
      if (progress.kind === 'call') {
        const known = calls.get(progress.role);
        const isSame =
          known !== undefined && known.call.worker === progress.worker && progress.characters >= known.call.characters;
        calls.set(progress.role, { call: progress, text: isSame ? known.text : '' });
      } else if (progress.kind === 'text') {
        const known = calls.get(progress.role);
        if (known !== undefined) known.text = (known.text + progress.text).slice(-KEPT_CHARACTERS);
      }
    },
    event: (event) => {
      if (event.kind === 'LLMCall') calls.delete(event.payload.role);
    },
    soFar: () =>
      [...calls.values()].flatMap(({ call, text }) => [call, { kind: 'text' as const, role: call.role, text }]),
  };
}
