import { constitutionProblems } from '../spec/analyze.ts';
import { parseConstitution } from '../spec/constitution.ts';
import type { PlanDocument } from '../spec/documents.ts';
import type { RunContext } from './context.ts';

/** Rules of the constitution that the spec (or, where one is given, the plan) breaks as written, found without a model. */
export function constitutionConflicts(
  context: RunContext,
  plan?: PlanDocument,
): readonly { readonly rule: string; readonly text: string }[] {
  if (context.constitution === '') return [];
  const { constitution } = parseConstitution({ path: 'memory/constitution.md', text: context.constitution });
  const documents = { spec: context.spec.spec, constitution, ...(plan === undefined ? {} : { plan }) };
  return constitutionProblems(documents)
    .filter((problem) => plan === undefined || problem.path.endsWith('plan.json'))
    .map((problem) => ({ rule: problem.rule, text: `${problem.path}:${problem.line} ${problem.message}` }));
}
