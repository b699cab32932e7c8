import { createApp } from '../../app/createApp.ts';
import { EXIT } from '../exitCode.ts';
import type { Terminal } from '../terminal.ts';

/** `speckit init [--offline|--reconfigure|--force]`. */
export async function runInit(
  terminal: Terminal,
  _positional: readonly string[],
  options: Readonly<Record<string, unknown>>,
): Promise<number> {
  const mode = options['force'] === true ? 'force' : options['reconfigure'] === true ? 'reconfigure' : 'create';
  const made = await createApp(terminal.host).initialise({
    mode,
    network: options['offline'] === true ? 'local' : 'all',
  });
  terminal.result({ ...made, exitCode: EXIT.ok });
  const checks = made.checks.map((check) => `  ${check.name.padEnd(12)} ${check.command}   (${check.why})`);
  terminal.say(
    [
      made.written ? `Wrote ${made.file}.` : `${made.file} was left as it is. It would now read:\n\n${made.text}`,
      `Ecosystem   ${made.ecosystem}`,
      'Checks',
      ...(checks.length === 0
        ? ['  none found: add [checks.test] with a command to speckit.toml, or a person has to vouch for every change']
        : checks),
      'Workers',
      ...(made.workers.length === 0
        ? [
            '  none found: set ANTHROPIC_API_KEY or OPENAI_API_KEY, or start a local server, then run speckit init --reconfigure',
          ]
        : made.workers.map((worker) => `  ${worker}`)),
      '',
      'Next: speckit new "Title"',
    ].join('\n'),
  );
  return EXIT.ok;
}
