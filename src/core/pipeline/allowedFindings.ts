import { sha256 } from '../../base/hash.ts';
import type { TestIntegrity } from '../gates/signals/testIntegrity.ts';
import { testIntegrityFindings, type TestIntegrityDefinitions } from '../patch/testIntegrity.ts';
import type { FileDifference } from '../ports.ts';
import type { RunEvent } from '../run/event.ts';
import { questionsOf } from './questions.ts';

/** The rule whose findings a person may allow one by one: see gates/signals/testIntegrity.ts. */
export const TESTS_WEAKENED = 'tests-weakened';

type WeakeningFinding = TestIntegrity['findings'][number];

const DEFINITION = 'check-definition-changed';

/** What a change does to tests and checks. A changed check is told with its content: what a person allows is that content and no later one. */
export function weakeningFindings(
  differences: readonly FileDifference[],
  definitions: TestIntegrityDefinitions,
): readonly WeakeningFinding[] {
  const contents = new Map(differences.map(({ path, after }) => [path, after]));
  return testIntegrityFindings(differences, definitions).map((finding) => {
    const after = contents.get(finding.path);
    if (finding.rule !== DEFINITION || after === undefined) return { ...finding };
    return { ...finding, message: `${finding.message} (now ${sha256(after).slice(0, 12)})` };
  });
}

/** Those findings that a person has allowed by name: what the question did not list stays open. */
export function allowedFindings(
  events: readonly RunEvent[],
  findings: readonly WeakeningFinding[],
): readonly WeakeningFinding[] {
  const allowed = questionsOf(events).filter(({ about, answer }) => about === TESTS_WEAKENED && answer === 'allow');
  return findings.filter(({ rule, path, line, message }) => {
    const named = `${path}${line ? `:${line}` : ''} ${rule}: ${rule === DEFINITION ? message : ''}`;
    return allowed.some(({ text }) => text.includes(named));
  });
}

/** The files that say what the checks do and that a person let the change put in their place; undefined while one of them is not allowed. */
export function allowedDefinitions(
  events: readonly RunEvent[],
  findings: readonly WeakeningFinding[],
): readonly string[] | undefined {
  const changed = findings.filter(({ rule }) => rule === DEFINITION);
  const isAllowed = allowedFindings(events, changed).length === changed.length;
  return isAllowed ? [...new Set(changed.map(({ path }) => path))] : undefined;
}
