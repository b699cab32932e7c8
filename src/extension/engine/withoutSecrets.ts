import type { App } from '../../app/createApp.ts';
import { CommandProblem } from '../../app/problem.ts';

/*
 * What the engine says of a failure goes to notifications and to the output channel, which the editor keeps in files and people paste into issues.
 */

/** A text for the host with marks in the place of secrets. Where they cannot be told, what went wrong there stands in its place. */
export async function withoutSecrets(app: Pick<App, 'redaction'>, words: string): Promise<string> {
  try {
    return (await app.redaction()).text(words);
  } catch (error) {
    return `A failure that cannot be shown, because its secrets cannot be told: ${error instanceof Error ? error.name : 'unknown'}.`;
  }
}

/** The same for an error, which keeps its kind. */
export async function errorWithoutSecrets(app: Pick<App, 'redaction'>, error: unknown): Promise<unknown> {
  if (!(error instanceof Error)) return error;
  const words = await withoutSecrets(app, error.message);
  if (words === error.message) return error;
  return error instanceof CommandProblem ? new CommandProblem(error.kind, words) : new Error(words);
}
