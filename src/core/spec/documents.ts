import type { Constitution } from './constitution.ts';
import type { Spec } from './spec.ts';

/*
 * The documents of one spec side by side, and their sentences in one form, so that each check reads them alike.
 */

export interface PlanStep {
  readonly id: string;
  readonly title: string;
  readonly requirements: readonly string[];
  readonly files: readonly string[];
}

export interface PlanDocument {
  readonly steps: readonly PlanStep[];
}

export interface TaskItem {
  readonly id: string;
  readonly title: string;
  readonly requirements: readonly string[];
  readonly files: readonly string[];
  readonly depends_on: readonly string[];
}

export interface TasksDocument {
  readonly tasks: readonly TaskItem[];
}

/** The documents of one spec. What does not exist yet is left out, and nothing is said about it. */
export interface SpecDocuments {
  readonly spec: Spec;
  readonly plan?: PlanDocument;
  readonly tasks?: TasksDocument;
  readonly constitution?: Constitution;
}

/** One sentence of the documents and the ids it is about. `label` names it for a person: `FR-001`, `plan step S1`. */
export interface Statement {
  readonly label: string;
  readonly subjects: readonly string[];
  readonly text: string;
  readonly path: string;
  readonly line: number;
}

/** Every sentence that states something: requirements, criteria, plan steps, tasks, in this order. */
export function statementsOf({ spec, plan, tasks }: SpecDocuments): readonly Statement[] {
  const planPath = siblingPath(spec.path, 'plan.json');
  const tasksPath = siblingPath(spec.path, 'tasks.json');
  return [
    ...spec.requirements.map((item) => ({
      label: item.id,
      subjects: [item.id],
      text: item.text,
      path: item.path,
      line: item.line,
    })),
    ...spec.criteria.map((item) => {
      const subjects = [item.id, ...item.requirements];
      // Given and When describe a situation; only the outcome asks for something.
      return { label: item.id, subjects, text: item.outcome ?? item.text, path: item.path, line: item.line };
    }),
    ...(plan?.steps ?? []).map((step) => {
      return { label: `plan step ${step.id}`, subjects: step.requirements, text: step.title, path: planPath, line: 1 };
    }),
    ...(tasks?.tasks ?? []).map((task) => {
      return { label: `task ${task.id}`, subjects: task.requirements, text: task.title, path: tasksPath, line: 1 };
    }),
  ];
}

/** Path of a document beside the spec: `specs/SPEC-001-x/plan.json`. */
export function siblingPath(specPath: string, name: string): string {
  return specPath.slice(0, specPath.lastIndexOf('/') + 1) + name;
}
