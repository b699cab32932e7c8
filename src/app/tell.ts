import { randomBytes } from 'node:crypto';
import { counted } from '../base/counted.ts';
import { leaveNote } from '../node/noteFiles.ts';
import { openRedaction } from './openRedaction.ts';
import { openRun } from './openRun.ts';
import { CommandProblem } from './problem.ts';
import type { Project, Services } from './services.ts';
import { stateOf } from './status.ts';

/** Characters of a note, and of what it is about. */
const NOTE = 4_000;
const ABOUT = 300;

/** A person's words to a run. `about` names what they are about, e.g. `src/greet.js, hunk 2`. */
export interface Note {
  readonly text: string;
  readonly about?: string;
}

/**
 * Tells a run something, whichever process it is at work in: its implementer hears it before its next call. While nobody is at work the note waits
 * for the next process. Throws a CommandProblem for an empty or too long note, and for a run that is over.
 */
export async function tellRun(
  services: Services,
  project: Project,
  runId: string,
  note: Note,
): Promise<'atWork' | 'waits'> {
  const text = note.text.trim();
  const about = note.about?.trim() ?? '';
  if (text === '') throw new CommandProblem('usage', 'There is nothing to tell: the text is empty.');
  if (text.length > NOTE || about.length > ABOUT)
    throw new CommandProblem(
      'usage',
      `A note has at most ${counted(NOTE, 'character')}; this one has ${text.length}. What is longer belongs into the spec.`,
    );
  const { folder, view } = await openRun(project.repository.commonDir, runId);
  if (view.applied !== undefined)
    throw new CommandProblem('usage', `Run ${runId} is applied: nobody works on it any more.`);
  const id = `n-${services.clock.now().toString(36)}-${randomBytes(2).toString('hex')}`;
  // The note waits on the disk until a process takes it in.
  const redaction = await openRedaction(services.host, project.repository.root, project.loaded.configuration);
  await leaveNote(folder, {
    id,
    text: redaction.text(text),
    about: about === '' ? null : redaction.text(about),
    by: services.host.person,
  });
  return (await stateOf(folder, view)) === 'working' ? 'atWork' : 'waits';
}
