import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { createRedaction, type Redaction } from '../core/run/redaction.ts';
import { configuredPatterns, isSecretName, isSecretValue } from '../core/run/secretPatterns.ts';
import type { Configuration } from '../core/settings.ts';
import type { Host } from './services.ts';
import { readTextIfThere } from './textFile.ts';

/** Files of the repository's root whose secrets are known by value, and characters of one that are read. */
const ENV_FILES = 20;
const ENV_CHARACTERS = 64_000;

/**
 * What is a secret in this repository, for this person: the values of the configured workers' keys, of the environment's variables and of the root's
 * `.env` files whose names say so; the configured patterns; the product's own; and the recommended rules of secretlint, which are loaded here.
 */
export async function openRedaction(
  host: Host,
  root: string,
  configuration: Pick<Configuration, 'workers' | 'secrets'>,
): Promise<Redaction> {
  const [{ loadSecretScan }, keys, files] = await Promise.all([
    import('../node/secretScanner.ts'),
    keysOf(host, configuration.workers),
    envFiles(root),
  ]);
  const redaction = createRedaction({
    known: keys,
    patterns: configuredPatterns(configuration.secrets.patterns),
    scan: await loadSecretScan(),
  });
  const named = [...Object.entries(host.environment), ...files.flatMap(assignmentsOf)];
  for (const [name, value = ''] of named)
    if (!keys.has(name) && isSecretName(name) && isSecretValue(value)) redaction.know(name, value);
  return redaction;
}

/** The values of the keys that workers name, as far as they are set. */
export async function keysOf(host: Host, workers: Configuration['workers']): Promise<ReadonlyMap<string, string>> {
  const names = new Set(Object.values(workers).flatMap(({ key_env: name }) => (name === undefined ? [] : [name])));
  const keys = await Promise.all([...names].map(async (name) => [name, await host.secret(name)] as const));
  return new Map(keys.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])));
}

/** The texts of `.env`, `.env.local` and their like, which a check may load and print. */
async function envFiles(root: string): Promise<readonly string[]> {
  const listed = await readdir(root).catch((error: NodeJS.ErrnoException) => {
    // What is said about a folder that is gone is redacted as well.
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const names = listed.filter((name) => /^\.env(?:\.|$)|\.env$|^\.envrc$/.test(name)).sort();
  const texts = await Promise.all(
    names.slice(0, ENV_FILES).map(async (name) => (await readTextIfThere(path.join(root, name))) ?? ''),
  );
  return texts.map((text) => text.slice(0, ENV_CHARACTERS));
}

function assignmentsOf(text: string): readonly (readonly [name: string, value: string])[] {
  const lines = text.matchAll(/^\s*(?:export\s+)?([A-Za-z_][\w.-]*)\s*=\s*(?:"([^"\n]*)"|'([^'\n]*)'|([^\s#]*))/gm);
  return [...lines].map(([, name = '', double, single, bare]) => [name, double ?? single ?? bare ?? '']);
}
