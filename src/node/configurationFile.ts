import { open } from 'node:fs/promises';
import { parse, TomlError } from 'smol-toml';
import type { Result } from '../base/result.ts';
import { err, ok } from '../base/result.ts';
import type { ExampleProblem } from '../core/policy/commands/examples.ts';
import type { EndpointRule } from '../core/policy/endpointProblems.ts';
import type { RoutingProblem } from '../core/policy/routingProblems.ts';
import type { SettingRule } from '../core/policy/settingProblem.ts';
import type { TomlPath } from './tomlPosition.ts';
import { tomlLocator } from './tomlPosition.ts';

export type ConfigurationRule =
  | 'unreadable'
  | 'syntax'
  | 'own-file-only'
  | 'user-limit'
  | SettingRule
  | EndpointRule
  | RoutingProblem['rule']
  | ExampleProblem['rule'];

/** Something to say about a place in a configuration file; line and column count from 1. `message` says what to do. */
export interface ConfigurationProblem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly rule: ConfigurationRule;
  readonly message: string;
}

/** The same before its place is looked up. */
export interface PathProblem {
  readonly path: TomlPath;
  readonly rule: ConfigurationRule;
  readonly message: string;
}

/** A file as parsed. One that does not exist is an empty table. */
export interface ConfigurationFile {
  readonly file: string;
  readonly exists: boolean;
  readonly text: string;
  readonly table: Readonly<Record<string, unknown>>;
}

const MAX_BYTES = 1_000_000;

/** Reads and parses one file; the problem tells why it cannot be read, or where its TOML is malformed. */
export async function readConfigurationFile(file: string): Promise<Result<ConfigurationFile, ConfigurationProblem>> {
  const read = await readText(file);
  if (read.kind === 'missing') return ok({ file, exists: false, text: '', table: {} });
  if (read.kind === 'unreadable') return err({ file, line: 1, column: 1, rule: 'unreadable', message: read.message });
  try {
    return ok({ file, exists: true, text: read.text, table: parse(read.text, { unsafeKeyBehaviour: 'throw' }) });
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const reason = (error.message.split('\n')[0] ?? '').replace(/^Invalid TOML document: /, '');
    const message = `This is not valid TOML: ${reason}. Correct the line; nothing of the file counts until then.`;
    return err({ file, line: error.line, column: error.column, rule: 'syntax', message });
  }
}

/** The problems with their places in the file; of very many only the first 200, because each place is looked up in the text. */
export function locatedIn(file: ConfigurationFile, problems: readonly PathProblem[]): readonly ConfigurationProblem[] {
  if (problems.length === 0) return [];
  const locate = tomlLocator(file.text);
  return problems.slice(0, 200).map(({ path, rule, message }) => ({ file: file.file, ...locate(path), rule, message }));
}

type ReadText =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'missing' }
  | { readonly kind: 'unreadable'; readonly message: string };

async function readText(file: string): Promise<ReadText> {
  try {
    await using handle = await open(file);
    const { size } = await handle.stat();
    if (size > MAX_BYTES)
      return { kind: 'unreadable', message: `The file is larger than ${MAX_BYTES} bytes. Make it shorter.` };
    return { kind: 'text', text: new TextDecoder('utf-8', { fatal: true }).decode(await handle.readFile()) };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const code = 'code' in error ? String(error.code) : '';
    if (code === 'ENOENT' || code === 'ENOTDIR') return { kind: 'missing' };
    if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA')
      return { kind: 'unreadable', message: 'The file is not UTF-8. Save it as UTF-8.' };
    if (code.startsWith('E'))
      return {
        kind: 'unreadable',
        message: `The file cannot be read (${code}). Make it a readable file, or remove it.`,
      };
    throw error;
  }
}
