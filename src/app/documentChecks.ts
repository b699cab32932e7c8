import path from 'node:path';
import type { z } from 'zod';
import { parsedJson } from '../base/parsedJson.ts';
import { planSchema, tasksSchema } from '../core/pipeline/outputs.ts';
import { analyzeDocuments } from '../core/spec/analyze.ts';
import { scoreChecklist, type Checklist as ChecklistScore } from '../core/spec/checklist.ts';
import { renderChecklist } from '../core/spec/render.ts';
import { parseConstitution } from '../core/spec/constitution.ts';
import type { Problem } from '../core/spec/problem.ts';
import { writeDocument } from '../node/documents.ts';
import { openProject, type Services } from './services.ts';
import { readConstitution } from './constitutionText.ts';
import { loadSpec } from './specs.ts';
import { readTextIfThere } from './textFile.ts';

/** What the deterministic document check found, gravest first. No model is asked. */
export interface Analysis {
  readonly specId: string;
  readonly folder: string;
  readonly problems: readonly Problem[];
  readonly read: readonly string[];
}

export interface Checklist {
  readonly specId: string;
  readonly score: ChecklistScore;
  readonly file: string;
}

/** Checks a spec with the plan, tasks and constitution that exist beside it. */
export async function checkDocuments(services: Services, specId: string): Promise<Analysis> {
  const { repository, loaded } = await openProject(services);
  const spec = await loadSpec(repository.root, loaded.configuration, specId);
  const plan = await readJson(path.join(repository.root, spec.folder, 'plan.json'), planSchema);
  const tasks = await readJson(path.join(repository.root, spec.folder, 'tasks.json'), tasksSchema);
  const constitution = await readConstitution(repository.root);
  const found = analyzeDocuments({
    spec: spec.spec,
    ...(plan === undefined ? {} : { plan }),
    ...(tasks === undefined ? {} : { tasks }),
    ...(constitution === undefined
      ? {}
      : { constitution: parseConstitution({ path: 'memory/constitution.md', text: constitution }).constitution }),
  });
  const read = [
    'spec.md',
    ...(plan === undefined ? [] : ['plan.json']),
    ...(tasks === undefined ? [] : ['tasks.json']),
    ...(constitution === undefined ? [] : ['constitution.md']),
  ];
  return { specId: spec.id, folder: spec.folder, problems: [...spec.problems, ...found], read };
}

/** Scores a spec and leaves the score as checklist.md beside it. */
export async function scoreDocuments(services: Services, specId: string): Promise<Checklist> {
  const { repository, loaded } = await openProject(services);
  const spec = await loadSpec(repository.root, loaded.configuration, specId);
  const score = scoreChecklist(spec.spec, spec.problems);
  const file = `${spec.folder}/checklist.md`;
  await writeDocument({ root: repository.root, path: file, content: renderChecklist(score) });
  return { specId: spec.id, score, file };
}

/** A stage's JSON document, or undefined when it is not there or not what the stage writes. */
async function readJson<Value>(file: string, schema: z.ZodType<Value>): Promise<Value | undefined> {
  const text = await readTextIfThere(file);
  if (text === undefined) return undefined;
  const parsed = schema.safeParse(parsedJson(text));
  return parsed.success ? parsed.data : undefined;
}
