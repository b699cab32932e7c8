import type { RepositoryPath } from '../ports.ts';
import { ADVISERS, roleText, type Adviser, type Role, type Stage } from '../run/stage.ts';
import type { Configuration } from '../settings.ts';
import { constitutionPaths, isNamedBy } from '../spec/constitutionPaths.ts';

/** What is known of the work when a stage's advisers are chosen. `hotPaths` are its files where time matters. */
export interface AdvisedWork {
  readonly size: 'hotfix' | 'standard';
  readonly risk: 'low' | 'medium' | 'high';
  /** Added plus deleted lines; 0 while there is no change. */
  readonly changedLines: number;
  readonly hotPaths: readonly RepositoryPath[];
}

/** Whether one adviser of a stage is asked about a piece of work, and by which rule. */
export interface AdviserChoice {
  readonly role: Adviser;
  readonly asked: boolean;
  readonly rule: string;
  readonly text: string;
}

type Because = Omit<AdviserChoice, 'role'>;
type When = (work: AdvisedWork, policy: Configuration) => Because;

/** Who may advise at which stage, and when: stage x risk x size -> advisers. */
const TABLE: readonly { readonly stage: Stage; readonly role: Adviser; readonly when: When }[] = [
  { stage: 'plan', role: 'critic', when: whenStandard },
  { stage: 'plan', role: 'librarian', when: whenCut },
  { stage: 'implement', role: 'tutor', when: whenStuck },
  { stage: 'audit', role: 'critic', when: whenStandard },
  { stage: 'audit', role: 'security_reviewer', when: whenRisky },
  { stage: 'audit', role: 'performance_reviewer', when: whenLargeOrHot },
];

/** Every adviser that a stage can have, with whether it is asked about this work. The order is that of their signals and steps. */
export function advisersAt(stage: Stage, work: AdvisedWork, policy: Configuration): readonly AdviserChoice[] {
  return TABLE.filter((row) => row.stage === stage).map(({ role, when }) => {
    const off = adviserOff(role, policy);
    return { role, ...(off === undefined ? when(work, policy) : { asked: false, ...off }) };
  });
}

export const isAdviser = (role: Role): role is Adviser => ADVISERS.some((adviser) => adviser === role);

/** Why the policy never asks an adviser; undefined when it may. */
export function adviserOff(
  role: Adviser,
  { gates, advisers }: Configuration,
): { readonly rule: string; readonly text: string } | undefined {
  const off = (setting: string) => ({
    rule: `${role.replaceAll('_', '-')}-off`,
    text: `${setting}: no ${roleText(role)} is asked.`,
  });
  switch (role) {
    case 'critic':
      return gates.critic ? undefined : off('gates.critic is false');
    case 'security_reviewer':
      return advisers.security_review === 'never' ? off('advisers.security_review is "never"') : undefined;
    case 'performance_reviewer':
      return advisers.performance_review === 'never' ? off('advisers.performance_review is "never"') : undefined;
    case 'librarian':
      return advisers.librarian ? undefined : off('advisers.librarian is false');
    case 'tutor':
      return advisers.tutor ? undefined : off('advisers.tutor is false');
  }
}

/** Words by which a line of a constitution says that time matters in the paths it names. */
const ABOUT_TIME = /\b(?:hot[ -]?paths?|performance|latency|throughput|fast|speed)\b/iu;

/** The files that lie where time matters: as the configuration names it, or a line of the constitution that speaks of it. */
export function hotPathsOf(
  files: readonly RepositoryPath[],
  policy: Configuration,
  constitution: string,
): readonly RepositoryPath[] {
  const lines = constitution.split('\n').filter((line) => ABOUT_TIME.test(line));
  const named = [...policy.advisers.hot_paths, ...constitutionPaths(lines.join('\n'))];
  return files.filter((path) => named.some((name) => isNamedBy(path, name.replace(/^\.?\//u, ''))));
}

/** A hotfix has two calls in all: its change and its audit. */
function whenStandard({ size }: AdvisedWork): Because {
  if (size === 'hotfix') return { asked: false, rule: 'hotfix', text: 'A hotfix is not read by a critic.' };
  return { asked: true, rule: 'critic-on', text: 'gates.critic is true.' };
}

function whenCut({ size }: AdvisedWork): Because {
  if (size === 'hotfix')
    return { asked: false, rule: 'hotfix', text: 'A hotfix is shown the file that its spec names.' };
  return { asked: true, rule: 'where-files-are-cut', text: 'It is asked where not all files fit into the prompt.' };
}

function whenStuck({ size }: AdvisedWork): Because {
  if (size === 'hotfix') return { asked: false, rule: 'hotfix', text: 'A hotfix has one attempt.' };
  const text = 'It is asked before another worker takes over from one whose checks failed.';
  return { asked: true, rule: 'before-the-next-worker', text };
}

/** A hotfix is no exception: what is of high risk is read, whatever it was thought to be. */
function whenRisky({ risk }: AdvisedWork, { advisers }: Configuration): Because {
  if (risk === 'high') return { asked: true, rule: 'high-risk', text: 'The change is of high risk.' };
  if (advisers.security_review === 'always')
    return { asked: true, rule: 'always', text: 'advisers.security_review is "always".' };
  return { asked: false, rule: 'not-high-risk', text: `The change is of ${risk} risk.` };
}

function whenLargeOrHot({ size, changedLines, hotPaths }: AdvisedWork, { advisers }: Configuration): Because {
  if (advisers.performance_review === 'always')
    return { asked: true, rule: 'always', text: 'advisers.performance_review is "always".' };
  if (size === 'hotfix') return { asked: false, rule: 'hotfix', text: 'A hotfix is not read for performance.' };
  const large = advisers.large_change_lines;
  // A count that is no number is large, not small.
  if (!(changedLines <= large))
    return { asked: true, rule: 'large-change', text: `It changes ${changedLines} lines, more than ${large}.` };
  if (hotPaths.length > 0)
    return { asked: true, rule: 'hot-path', text: `Time matters in ${hotPaths.slice(0, 5).join(', ')}.` };
  const text = `It changes ${changedLines} lines, no more than ${large}, and no path where time matters.`;
  return { asked: false, rule: 'not-large', text };
}
