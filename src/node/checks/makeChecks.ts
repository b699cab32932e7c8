import type { DetectedCheck, DetectedChecks, Project } from '../detectChecks.ts';

/** The targets looked for, quick ones first. `check` and `test` often run the same, so `check` counts only where `test` is not. */
const wanted: readonly Pick<DetectedCheck, 'name' | 'kind'>[] = [
  { name: 'lint', kind: 'lint' },
  { name: 'test', kind: 'test' },
  { name: 'check', kind: 'test' },
];

/** Targets of a Makefile. The file name's order is make's own (GNU make manual, "What Name to Give Your Makefile"). */
export async function detectMake({ paths, read }: Project): Promise<DetectedChecks | undefined> {
  const file = ['GNUmakefile', 'makefile', 'Makefile'].find((path) => paths.has(path));
  if (file === undefined) return undefined;
  const targets = targetsOf((await read(file)) ?? '');
  const present = wanted.filter(({ name }) => targets.has(name) && !(name === 'check' && targets.has('test')));
  return {
    ecosystem: 'make',
    checks: present.map(({ name, kind }) => ({
      name,
      command: `make ${name}`,
      kind,
      why: `target "${name}" in ${file}`,
    })),
  };
}

/** The names before a rule's colon. Not an assignment (`:=`, `::=`), not a recipe (a tab in front), not a special target (`.PHONY`). */
function targetsOf(makefile: string): ReadonlySet<string> {
  const rules = makefile.matchAll(/^([A-Za-z0-9][^\n:=#]*?)\s*::?(?![:=])/gm);
  return new Set([...rules].flatMap(([, names]) => names?.trim().split(/\s+/) ?? []));
}
