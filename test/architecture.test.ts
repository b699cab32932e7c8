import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/*
 * The map of ARCHITECTURE.md as a test: which part may import which. Type imports count. Bare packages are listed where they are restricted.
 */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  base: ['base'],
  protocol: ['protocol', 'base'],
  core: ['core', 'base'],
  node: ['node', 'core', 'base'],
  app: ['app', 'node', 'core', 'base'],
  cli: ['cli', 'app', 'core', 'base'],
  extension: ['extension', 'app', 'core', 'protocol', 'base'],
};

/** Inside core a folder imports only folders above it in this list, and ports.ts and settings.ts. */
const CORE_ORDER = [
  'run',
  'spec',
  'evidence',
  'ledger',
  'policy',
  'patch',
  'prompt',
  'memory',
  'reflex',
  'router',
  'reflex',
  'agent',
  'gates',
  'maieutic',
  'pipeline',
];

/** Files of one provider each: siblings never import each other. */
const PROVIDERS = ['openaiChat', 'openaiResponses', 'anthropic', 'recorded'];

/** Packages that core and base may use: pure ones. */
const PURE_PACKAGES = ['zod', 'smol-toml', 'diff', 'node-diff3', '@noble/hashes/sha2.js', '@noble/hashes/utils.js'];

/** Longest source file, in lines. */
const LONGEST = 450;

const root = path.resolve(import.meta.dirname, '..');
const files = readdirSync(path.join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.replaceAll(path.sep, '/'));

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\s[^'"`;]*?from\s+'([^']+)'|(?:^|\n)import\s+'([^']+)'|import\(\s*'([^']+)'\s*\)/g;

function importsOf(file: string): readonly string[] {
  const text = readFileSync(path.join(root, 'src', file), 'utf8');
  return [...text.matchAll(IMPORT)].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
}

/** Why one import is not allowed, or undefined. */
function problemOf(file: string, target: string): string | undefined {
  const [layer = ''] = file.split('/');
  if (!target.startsWith('.')) {
    if (target === 'vscode' && layer !== 'extension') return 'only extension/ imports vscode';
    if ((layer === 'core' || layer === 'base') && !PURE_PACKAGES.includes(target))
      return `${layer}/ is pure: it cannot import ${target}`;
    return undefined;
  }
  const resolved = path.posix.normalize(path.posix.join(path.posix.dirname(file), target));
  const [targetLayer = ''] = resolved.split('/');
  if (!(MAY_IMPORT[layer] ?? []).includes(targetLayer)) return `${layer}/ may not import ${targetLayer}/`;
  if (layer === 'core' && targetLayer === 'core') return coreProblem(file, resolved);
  const name = path.posix.basename(file, '.ts');
  const other = path.posix.basename(resolved, '.ts');
  if (file.startsWith('node/models/') && PROVIDERS.includes(name) && PROVIDERS.includes(other))
    return 'providers never import each other';
  return undefined;
}

function coreProblem(file: string, target: string): string | undefined {
  const from = CORE_ORDER.indexOf(file.split('/')[1] ?? '');
  const to = CORE_ORDER.indexOf(target.split('/')[1] ?? '');
  if (to === -1) return undefined;
  if (from === -1) return 'ports.ts and settings.ts stand above all folders of core';
  return to > from ? `core/${CORE_ORDER[from]} stands above core/${CORE_ORDER[to]}` : undefined;
}

describe('the architecture', () => {
  it('is what a test of its own rules says', () => {
    const cases: readonly (readonly [string, string, boolean])[] = [
      ['core/gates/x.ts', '../pipeline/y.ts', false],
      ['core/pipeline/y.ts', '../gates/x.ts', true],
      ['core/run/x.ts', 'node:fs', false],
      ['core/ports.ts', './run/event.ts', false],
      ['node/git.ts', 'vscode', false],
      ['cli/main.ts', '../node/git.ts', false],
      ['cli/main.ts', '../app/createApp.ts', true],
      ['base/result.ts', '../core/ports.ts', false],
      ['node/models/anthropic.ts', './openaiChat.ts', false],
    ];
    assert.deepEqual(
      cases.map(([file, target]) => problemOf(file, target) === undefined),
      cases.map(([, , isAllowed]) => isAllowed),
    );
  });

  it('lets imports run one way', () => {
    const problems = files.flatMap((file) =>
      importsOf(file).flatMap((target) => {
        const problem = problemOf(file, target);
        return problem === undefined ? [] : [`src/${file} imports ${target}: ${problem}`];
      }),
    );
    assert.deepEqual(problems, []);
  });

  it('keeps clocks, chance and timers out of core', () => {
    const forbidden =
      /\b(?:Date\.now\(|Math\.random\(|setTimeout\(|setInterval\(|process\.(?:env|cwd|argv|platform|exit)|console\.(?:log|warn|error|debug)\()|new Date\(\)/;
    const found = files.filter(
      (file) =>
        file.startsWith('core/') && forbidden.test(withoutComments(readFileSync(path.join(root, 'src', file), 'utf8'))),
    );
    assert.deepEqual(found, []);
  });

  it('keeps files short', () => {
    const long = files.filter(
      (file) => readFileSync(path.join(root, 'src', file), 'utf8').split('\n').length > LONGEST,
    );
    assert.deepEqual(long, []);
  });

  it('has every file in a known part', () => {
    assert.deepEqual(
      files.filter((file) => MAY_IMPORT[file.split('/')[0] ?? ''] === undefined),
      [],
    );
  });
});

const withoutComments = (text: string): string =>
  text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/^\s*\/\/.*$/gm, '');
