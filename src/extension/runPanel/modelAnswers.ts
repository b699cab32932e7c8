import type { Json } from '../../base/json.ts';
import { partialJson } from '../../base/partialJson.ts';
import type { PlanCell } from '../../protocol/runPanel.ts';
import { cut, cutList } from './cut.ts';

/*
 * Answers of models as cells, read leniently: a plan is shown while half of it has come, and what is not as expected is left out. The caps here are
 * narrower than the schema's, so that the largest cell fits one message of the feed.
 */

/** Of plans and tasks: entries of lists, and characters of a path. */
const FILES = 60;
const STEPS = 20;
const RISKS = 10;
const REQUIREMENTS = 30;
const PATH = 300;

/** One task as the tasks answer names it. */
export interface AnsweredTask {
  readonly id: string;
  readonly title: string;
  readonly requirements: string[];
  readonly files: string[];
  readonly dependsOn: string[];
}

/** A plan, whole or as far as its text has come; undefined while there is nothing of it. */
export function planOf(text: string, isWhole: boolean): PlanCell | undefined {
  const plan = membersOf(partialJson(text));
  if (plan === undefined || Object.keys(plan).length === 0) return undefined;
  const confidence = plan['confidence'];
  return {
    isWhole,
    summary: cut(textOf(plan['summary']), 4_000),
    confidence: typeof confidence === 'number' ? confidence : null,
    files: objectsOf(plan['files'], FILES).map((file) => ({
      path: cut(textOf(file['path']), PATH),
      action: cut(textOf(file['action']), 40),
      why: cut(textOf(file['why']), 200),
    })),
    steps: objectsOf(plan['steps'], STEPS).map((step) => ({
      title: cut(textOf(step['title']), 200),
      text: cut(textOf(step['success_signal']), 300),
      requirements: cutList(textsOf(step['requirements']), REQUIREMENTS, 40),
    })),
    risks: objectsOf(plan['risks'], RISKS).map((risk) => {
      const mitigation = textOf(risk['mitigation']);
      return cut(`${textOf(risk['risk'])}${mitigation === '' ? '' : ` (${mitigation})`}`, 400);
    }),
  };
}

/** The tasks of an answer, at most a hundred; those without an id are left out. */
export function tasksOf(text: string): readonly AnsweredTask[] {
  const answer = membersOf(partialJson(text));
  return objectsOf(answer?.['tasks'], 100).flatMap((task) => {
    const id = textOf(task['id']);
    if (id === '' || id.length > 40) return [];
    return [
      {
        id,
        title: cut(textOf(task['title']), 300),
        requirements: cutList(textsOf(task['requirements']), REQUIREMENTS, 40),
        files: cutList(textsOf(task['files']), 60, PATH),
        dependsOn: cutList(textsOf(task['depends_on']), 40, 40),
      },
    ];
  });
}

/** The text of a model's answer, from the blob an LLMCall names. */
export function answerText(blob: string): string {
  return textOf(membersOf(partialJson(blob))?.['text']);
}

type Members = { readonly [name: string]: Json };

function membersOf(value: Json | undefined): Members | undefined {
  return typeof value === 'object' && value !== null && !isList(value) ? value : undefined;
}

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

function objectsOf(value: Json | undefined, most: number): readonly Members[] {
  if (value === undefined || !isList(value)) return [];
  return value.slice(0, most).flatMap((item) => {
    const members = membersOf(item);
    return members === undefined ? [] : [members];
  });
}

const textOf = (value: Json | undefined): string => (typeof value === 'string' ? value : '');

const textsOf = (value: Json | undefined): readonly string[] =>
  value !== undefined && isList(value) ? value.filter((item) => typeof item === 'string') : [];
