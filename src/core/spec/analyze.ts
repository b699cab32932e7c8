import { coverageProblems } from './coverage.ts';
import { contradictionProblems, duplicateTextProblems } from './contradictions.ts';
import { statementsOf, type SpecDocuments } from './documents.ts';
import { forbiddenProblems } from './forbidden.ts';
import { orderProblems, type Problem } from './problem.ts';
import { terminologyProblems } from './terminology.ts';

/**
 * Compares a spec with its plan, tasks and constitution: coverage, unknown ids, orphans, contradictions, duplicated requirements, drifting terms
 * and what the constitution forbids. Deterministic, pure, ordered by file and line, capped as orderProblems states. Plan and tasks are data
 * without lines, so their problems name the step or task and point at line 1 of plan.json or tasks.json beside the spec.
 */
export function analyzeDocuments(documents: SpecDocuments): readonly Problem[] {
  const statements = statementsOf(documents);
  return orderProblems([
    ...coverageProblems(documents),
    ...contradictionProblems(statements),
    ...duplicateTextProblems(documents.spec.requirements),
    ...forbiddenProblems(documents.constitution, statements),
    ...terminologyProblems(documents.spec, statements),
  ]);
}

/** Of the same, only what the constitution forbids. */
export function constitutionProblems(documents: SpecDocuments): readonly Problem[] {
  return orderProblems(forbiddenProblems(documents.constitution, statementsOf(documents)));
}
