import path from 'node:path';
import { createApp } from '../../app/createApp.ts';
import { EXIT } from '../exitCode.ts';
import type { Terminal } from '../terminal.ts';

/** `speckit new "Title"` or `speckit new --from FILE`. */
export async function runNew(
  terminal: Terminal,
  [title]: readonly string[],
  options: Readonly<Record<string, unknown>>,
): Promise<number> {
  const from = typeof options['from'] === 'string' ? options['from'] : undefined;
  const made = await createApp(terminal.host).newSpec({
    ...(title === undefined ? {} : { title }),
    ...(from === undefined ? {} : { from: path.resolve(terminal.host.folder, from) }),
  });
  terminal.result({ ...made, exitCode: EXIT.ok });
  terminal.say(
    `${made.id}  ${made.file}\nWrite what is wanted there, then: speckit checklist ${made.id}, speckit auto ${made.id}`,
  );
  return EXIT.ok;
}
