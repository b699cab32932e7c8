import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Configuration } from '../core/settings.ts';
import type { Repository } from '../node/repository.ts';
import { configurationOf, userConfigurationFile, type Services } from './services.ts';

/** Names all the code of this bundle and of those beside it; not there outside of the bundle of a short command. */
declare const SPECKIT_BUILD: string;

/** The `[spec]` table, with what has to be known of its default. */
export type SpecSettings = Configuration['spec'] & {
  /** Whether `id_prefix` is what it is when nobody sets it. */
  readonly hasDefaultPrefix: boolean;
};

/**
 * How specs are named here. The whole configuration is checked, as for any command, and a mistake anywhere in it is a CommandProblem. Checking it
 * takes longer than the rest of a short command, so that the answer is remembered in the repository's git folder by the state of the
 * files it was made of and by the code that made it: the same code would say the same of the same files. Only good ones are remembered.
 */
export async function specSettings(
  services: Services,
  repository: Pick<Repository, 'root' | 'commonDir'>,
): Promise<SpecSettings> {
  const memory = path.join(repository.commonDir, 'speckit', 'spec-settings.json');
  const files = [userConfigurationFile(services), path.join(repository.root, 'speckit.toml')];
  const key = keyOf(files);
  const known = recall(memory, key);
  if (known !== undefined) return known;
  const { configuration } = await configurationOf(services, repository);
  const { configurationSchema } = await import('../core/settings.ts');
  const { folder, id_prefix, id_digits } = configuration.spec;
  const hasDefaultPrefix = id_prefix === configurationSchema.parse({}).spec.id_prefix;
  const settings = { folder, id_prefix, id_digits, hasDefaultPrefix };
  // The key is of the files before the configuration was read, and counts only when they are still the same after it.
  if (key !== undefined && keyOf(files) === key && areSettled(files, services.clock.now()))
    remember(memory, key, settings);
  return settings;
}

/**
 * Names this code and the state of the files, as git's index does: what `stat` tells of each, to the nanosecond. Not a hash of their bytes, whose
 * library takes longer to load than the rest of the command. Undefined where the code has no name, and where a file cannot be looked at.
 */
function keyOf(files: readonly string[]): string | undefined {
  if (typeof SPECKIT_BUILD !== 'string') return undefined;
  const states = files.map(stateOf);
  return states.includes(undefined) ? undefined : [SPECKIT_BUILD, ...states].join(' ');
}

function stateOf(file: string): string | undefined {
  try {
    const found = statSync(file, { bigint: true, throwIfNoEntry: false });
    if (found === undefined) return 'none';
    const { dev, ino, size, mtimeNs, ctimeNs } = found;
    return [dev, ino, size, mtimeNs, ctimeNs].join('-');
  } catch (error) {
    if (error instanceof Error && 'code' in error) return undefined;
    throw error;
  }
}

/**
 * A file's clock moves in steps, and one written a moment ago may be written once more and look the same; git calls such files racily clean. The steps
 * are some milliseconds, or up to two seconds where the time is whole seconds.
 */
const FINE_STEP_MS = 100;
const COARSE_STEP_MS = 2_000;

function areSettled(files: readonly string[], now: number): boolean {
  return files.every((file) => {
    const mtimeMs = statSync(file, { throwIfNoEntry: false })?.mtimeMs;
    return mtimeMs === undefined || now - mtimeMs > (mtimeMs % 1_000 === 0 ? COARSE_STEP_MS : FINE_STEP_MS);
  });
}

function recall(memory: string, key: string | undefined): SpecSettings | undefined {
  if (key === undefined) return undefined;
  try {
    return settingsOf(JSON.parse(readFileSync(memory, 'utf8')), key);
  } catch (error) {
    // It is not there, cannot be read, or is not whole: the files are checked.
    if (error instanceof SyntaxError || (error instanceof Error && 'code' in error)) return undefined;
    throw error;
  }
}

/** By hand and not with a schema, whose library is what is not to be loaded. */
function settingsOf(value: unknown, key: string): SpecSettings | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const known = value as Partial<Record<string, unknown>>;
  const { folder, id_prefix, id_digits, hasDefaultPrefix } = known;
  if (known['key'] !== key || typeof folder !== 'string' || typeof id_prefix !== 'string') return undefined;
  if (typeof id_digits !== 'number' || typeof hasDefaultPrefix !== 'boolean') return undefined;
  return { folder, id_prefix, id_digits, hasDefaultPrefix };
}

/** Where it cannot be written, the next command checks the files again. */
function remember(memory: string, key: string, settings: SpecSettings): void {
  const temporary = `${memory}.${process.pid}`;
  try {
    mkdirSync(path.dirname(memory), { recursive: true });
    writeFileSync(temporary, JSON.stringify({ key, ...settings }));
    renameSync(temporary, memory);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
  }
}
