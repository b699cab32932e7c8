import type { RunEvent } from './event.ts';

/** Where the time of the implementer's attempts went, in milliseconds: answers of reflex, of the other workers, and the commands run on what they made. */
export interface LoopTimes {
  readonly reflexMs: number;
  readonly cloudMs: number;
  readonly commandsMs: number;
}

/** Apart for models and commands, of a run whose policy has reflex; undefined for all others. A command that was cut off counts no time. */
export function loopTimes(events: readonly RunEvent[]): LoopTimes | undefined {
  const calls = events.flatMap((event) =>
    event.kind === 'LLMCall' && event.payload.mode !== undefined ? [event.payload] : [],
  );
  if (calls.length === 0) return undefined;
  const of = (mode: 'reflex' | 'cloud'): number =>
    calls.reduce((sum, call) => sum + (call.mode === mode ? call.durationMs : 0), 0);
  const began = new Map<string, number>();
  let commandsMs = 0;
  let isImplementing = false;
  for (const event of events) {
    if (event.kind === 'StageTransition')
      isImplementing = event.payload.stage === 'implement' && event.payload.to === 'entered';
    if (event.kind === 'StepStart' && event.payload.effect === 'command' && isImplementing)
      began.set(event.payload.key, Date.parse(event.time));
    if (event.kind !== 'StepEnd') continue;
    const start = began.get(event.payload.key);
    if (start !== undefined) commandsMs += Date.parse(event.time) - start;
    began.delete(event.payload.key);
  }
  return { reflexMs: of('reflex'), cloudMs: of('cloud'), commandsMs };
}
