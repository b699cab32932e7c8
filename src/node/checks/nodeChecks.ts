import { z } from 'zod';
import type { DetectedCheck, DetectedChecks, DetectedSetup, Project } from '../detectChecks.ts';

const manifestSchema = z.object({
  scripts: z.record(z.string(), z.string()).catch({}),
  packageManager: z.string().catch(''),
});
type Manifest = z.infer<typeof manifestSchema>;

type Manager = 'npm' | 'pnpm' | 'yarn';

/** The scripts looked for, quick ones first; of several names for one check the first that exists counts. */
const wanted: readonly (Pick<DetectedCheck, 'name' | 'kind'> & { readonly scripts: readonly string[] })[] = [
  { name: 'format', kind: 'format', scripts: ['format:check', 'check:format', 'prettier:check', 'fmt:check'] },
  { name: 'lint', kind: 'lint', scripts: ['lint'] },
  { name: 'types', kind: 'types', scripts: ['typecheck', 'type-check', 'check-types', 'check:types', 'types', 'tsc'] },
  { name: 'build', kind: 'compile', scripts: ['build', 'compile'] },
  { name: 'test', kind: 'test', scripts: ['test', 'test:unit', 'unit'] },
];

/** Checks from the scripts of package.json, run by the package manager whose lock file is there. */
export async function detectNode(project: Project): Promise<DetectedChecks | undefined> {
  const manifest = parseManifest(await project.read('package.json'));
  if (manifest === undefined) return undefined;
  const { manager, setup } = managerOf(project, manifest);
  const checks = wanted.flatMap(({ name, kind, scripts }) => {
    const script = scripts.find((candidate) => isRealScript(manifest.scripts[candidate]));
    if (script === undefined) return [];
    const command = script === 'test' ? `${manager} test` : `${manager} run ${script}`;
    return [{ name, command, kind, why: `script "${script}" in package.json` }];
  });
  return { ecosystem: manager, setup, checks };
}

/** False for none, for an empty one, and for what `npm init` writes. */
function isRealScript(script: string | undefined): boolean {
  return script !== undefined && script.trim() !== '' && !script.includes('Error: no test specified');
}

function parseManifest(text: string | undefined): Manifest | undefined {
  if (text === undefined) return undefined;
  try {
    const parsed = manifestSchema.safeParse(JSON.parse(text.replace(/^\ufeff/, '')));
    return parsed.success ? parsed.data : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function managerOf(
  { paths }: Project,
  { packageManager }: Manifest,
): { readonly manager: Manager; readonly setup: DetectedSetup } {
  const locks: readonly (readonly [lock: string, manager: Manager, install: string])[] = [
    ['pnpm-lock.yaml', 'pnpm', 'pnpm install --frozen-lockfile'],
    ['yarn.lock', 'yarn', paths.has('.yarnrc.yml') ? 'yarn install --immutable' : 'yarn install --frozen-lockfile'],
    ['package-lock.json', 'npm', 'npm ci'],
    ['npm-shrinkwrap.json', 'npm', 'npm ci'],
  ];
  const [named] = /^(?:npm|pnpm|yarn)(?=@)/.exec(packageManager) ?? [];
  const present = locks.filter(([lock]) => paths.has(lock));
  // The named manager decides between several lock files; a stale second one is common.
  const found = present.find(([, manager]) => manager === named) ?? present[0];
  if (found !== undefined) return { manager: found[1], setup: { command: found[2], why: found[0] } };
  const manager = named === 'pnpm' || named === 'yarn' ? named : 'npm';
  const why = named === undefined ? 'package.json without a lock file' : 'packageManager in package.json';
  return { manager, setup: { command: `${manager} install`, why } };
}
