import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { analyzeDocuments } from '../../../src/core/spec/analyze.ts';
import { scoreChecklist } from '../../../src/core/spec/checklist.ts';
import { parseConstitution } from '../../../src/core/spec/constitution.ts';
import type { PlanDocument, TasksDocument } from '../../../src/core/spec/documents.ts';
import { lintSpec } from '../../../src/core/spec/lint.ts';
import { parseSpec } from '../../../src/core/spec/parse.ts';
import type { Problem } from '../../../src/core/spec/problem.ts';

/*
 * One folder, one test: spec.md (and plan.json, tasks.json, constitution.md where there are any) gives expected.json.
 * UPDATE=1 rewrites expected.json; read the difference before keeping it.
 */
const root = path.join(import.meta.dirname, '../../scenarios/spec');

describe('spec scenarios', () => {
  const folders = readdirSync(root).toSorted();
  for (const folder of folders) it(folder, () => check(path.join(root, folder)));

  it('are at least twelve', () => assert.ok(folders.length >= 12));
});

function check(folder: string): void {
  const actual = `${JSON.stringify(resultOf(folder), undefined, 2)}\n`;
  const expectedFile = path.join(folder, 'expected.json');
  if (process.env['UPDATE'] === '1') writeFileSync(expectedFile, actual);
  const expected = existsSync(expectedFile) ? readFileSync(expectedFile, 'utf8') : '';
  assert.notEqual(expected.trim(), '', 'expected.json is missing or empty: run with UPDATE=1 and read what it says');
  assert.deepEqual(JSON.parse(actual), JSON.parse(expected));
}

function resultOf(folder: string): unknown {
  const { spec, problems } = parseSpec({ path: 'spec.md', text: readFileSync(path.join(folder, 'spec.md'), 'utf8') });
  const plan = readJson(folder, 'plan.json') as PlanDocument | undefined;
  const tasks = readJson(folder, 'tasks.json') as TasksDocument | undefined;
  const rulesFile = path.join(folder, 'constitution.md');
  const parsed = existsSync(rulesFile)
    ? parseConstitution({ path: 'constitution.md', text: readFileSync(rulesFile, 'utf8') })
    : undefined;
  const analysis = analyzeDocuments({
    spec,
    ...(plan !== undefined && { plan }),
    ...(tasks !== undefined && { tasks }),
    ...(parsed !== undefined && { constitution: parsed.constitution }),
  });
  const lint = lintSpec(spec);
  const { items, overall, grade } = scoreChecklist(spec, [...problems, ...lint, ...analysis]);
  const { passages: _, ...visible } = spec;
  return {
    spec: visible,
    problems: problems.map(asLine),
    lint: lint.map(asLine),
    analysis: analysis.map(asLine),
    ...(parsed !== undefined && { rules: parsed.constitution.rules }),
    scores: [...items.map((item) => `${item.rule} ${item.score}`), `overall ${overall} ${grade}`],
  };
}

function readJson(folder: string, name: string): unknown {
  const file = path.join(folder, name);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}

function asLine(problem: Problem): string {
  return `${problem.path}:${problem.line} ${problem.severity} ${problem.rule}: ${problem.message}`;
}
