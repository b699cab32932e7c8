import { renderPrompt } from '../prompt/template.ts';
import type { Message } from '../ports.ts';
import type { Payload } from '../run/event.ts';
import type { RunContext } from './context.ts';
import { promptFor } from './promptFor.ts';

/** Notes a worker is given before one turn; the others wait for its next one. */
const NOTES_PER_TURN = 20;

/** One conversation with a worker, and the notes it has been given so far. */
export interface Guided {
  readonly worker: string;
  readonly seen: Set<string>;
}

/**
 * What a person has told the run and this conversation has not heard yet, as one more message before the call `key`. What the log says was given
 * there is given again, and a call that began without a note is never sent with one: a resumed run builds the same messages.
 */
export function guidanceBefore(context: RunContext, key: string, guided: Guided): Message | undefined {
  const given = givenAt(context, key) ?? (hasBegun(context, key) ? [] : pending(context, guided));
  if (given.length === 0) return undefined;
  context.steps.note('NotesGiven', { key, worker: guided.worker, notes: given.map(({ id }) => id) });
  for (const { id } of given) guided.seen.add(id);
  const notes = given.map(({ text, about }) => `- ${about === null ? '' : `${about}: `}${text}`).join('\n');
  return { role: 'user', text: renderPrompt(promptFor(context, 'guidance', guided.worker).template, { notes }) };
}

/**
 * Whether a worker that has just said it is done, in the call `key`, is to hear of a note first that came meanwhile: its next call is `next`.
 * Only where nothing followed that call yet: the past of a run stays as it was.
 */
export function isGuidanceWaiting(
  context: RunContext,
  { key, next }: { readonly key: string; readonly next: string },
  guided: Guided,
): boolean {
  if (givenAt(context, next) !== undefined) return true;
  const last = context.log.events.findLast((event) => event.kind === 'StepStart');
  const isNewest =
    last?.kind === 'StepStart' && (last.payload.key === key || last.payload.key.startsWith(`${key}/again-`));
  return isNewest && pending(context, guided).length > 0;
}

type Note = Payload<'PersonNote'>;

function notesOf(context: RunContext): readonly Note[] {
  return context.log.events.flatMap((event) => (event.kind === 'PersonNote' ? [event.payload] : []));
}

function pending(context: RunContext, { seen }: Guided): readonly Note[] {
  return notesOf(context)
    .filter(({ id }) => !seen.has(id))
    .slice(0, NOTES_PER_TURN);
}

function givenAt(context: RunContext, key: string): readonly Note[] | undefined {
  const event = context.log.events.findLast(({ kind, payload }) => kind === 'NotesGiven' && payload.key === key);
  if (event?.kind !== 'NotesGiven') return undefined;
  const ids = new Set(event.payload.notes);
  return notesOf(context).filter(({ id }) => ids.has(id));
}

function hasBegun(context: RunContext, key: string): boolean {
  return context.log.events.some((event) => event.kind === 'StepStart' && event.payload.key === key);
}
