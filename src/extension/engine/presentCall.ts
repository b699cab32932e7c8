import type { Progress } from '../../core/pipeline/context.ts';
import type { RunEvent } from '../../core/run/event.ts';

/** Characters of an answer that are kept while it comes: as much of a plan as a panel reads. Of a longer one the beginning goes. */
const KEPT_CHARACTERS = 100_000;

/** What the model's call that is on its way has said so far. The log has it only once the call has ended, and a panel may open meanwhile. */
export interface PresentCall {
  progress(progress: Progress): void;
  event(event: Pick<RunEvent, 'kind'>): void;
  /** As a panel that had been open would have been told it; empty when no call is on its way. */
  soFar(): readonly Progress[];
}

export function createPresentCall(): PresentCall {
  let call: Extract<Progress, { kind: 'call' }> | undefined;
  let text = '';
  return {
    progress: (progress) => {
      if (progress.kind === 'call') {
        const isSame =
          call?.role === progress.role && call.worker === progress.worker && progress.characters >= call.characters;
        if (!isSame) text = '';
        call = progress;
      } else if (progress.kind === 'text') text = (text + progress.text).slice(-KEPT_CHARACTERS);
    },
    event: ({ kind }) => {
      if (kind !== 'LLMCall') return;
      call = undefined;
      text = '';
    },
    soFar: () => (call === undefined ? [] : [call, { kind: 'text', role: call.role, text }]),
  };
}
