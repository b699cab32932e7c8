import type { RepositoryPath } from '../ports.ts';
import type { Risk } from '../gates/signals/risk.ts';
import { constitutionPaths, isNamedBy } from '../spec/constitutionPaths.ts';
import { RISK_AREAS, type RiskArea, riskAreasOf } from './riskArea.ts';

/** What is known of a change. Before there is a change, the plan's files and no count of lines. */
export interface ChangeFacts {
  readonly files: readonly RepositoryPath[];
  /** Added plus deleted lines. */
  readonly changedLines?: number;
  /** Areas the change touches that its paths do not show. They are added to those found by path. */
  readonly areas?: readonly RiskArea[];
  /** `gates.complex_task_files_threshold`: more files than this are high risk. */
  readonly filesThreshold: number;
  /** The project's constitution, for the paths it names. */
  readonly constitution?: string;
}

export interface ChangeRisk {
  readonly level: Risk['level'];
  readonly reasons: readonly { readonly rule: string; readonly text: string }[];
}

/** More changed lines than this is high risk. */
const HIGH_LINES = 500;
/** More than this, and no more than what is high risk, is medium risk. */
const MEDIUM_FILES = 2;
const MEDIUM_LINES = 100;
/** Paths named in one reason. */
const NAMED_PATHS = 5;

/**
 * How risky a change is by its size and by where it is; a path that the constitution names is high risk. The strictest reason decides and all are kept (at most one for each area, one for the
 * constitution and two for the size). A count of lines that is not a number >= 0 is high risk, not low.
 */
export function riskOf(facts: ChangeFacts): ChangeRisk {
  const files = [...new Set(facts.files)];
  const size = sizeFinding(files.length, facts);
  const areas = [...areaReasons(files, facts.areas ?? []), ...namedReasons(files, facts.constitution ?? '')];
  if (areas.length > 0) return { level: 'high', reasons: size.level === 'low' ? areas : [...areas, ...size.reasons] };
  return size;
}

/** How a spec is worked on. */
export interface PlannedSize {
  readonly size: 'hotfix' | 'standard';
  readonly reasons: readonly { readonly rule: string; readonly text: string }[];
}

/** A hotfix names exactly one file and is low risk. A spec that says hotfix and is not one is treated as standard, with the reason. */
export function planSize(
  specSize: 'hotfix' | 'standard',
  files: readonly RepositoryPath[],
  risk: ChangeRisk,
): PlannedSize {
  if (specSize === 'standard') {
    return { size: 'standard', reasons: [{ rule: 'spec-says-standard', text: 'The spec is of size standard.' }] };
  }
  const distinct = new Set(files).size;
  const reasons = [];
  if (distinct !== 1) {
    reasons.push({
      rule: 'hotfix-names-one-file',
      text: `A hotfix names exactly one file; this one names ${distinct}.`,
    });
  }
  if (risk.level !== 'low') {
    reasons.push(
      { rule: 'hotfix-is-low-risk', text: `A hotfix is low risk; this one is ${risk.level} risk.` },
      ...risk.reasons,
    );
  }
  if (reasons.length > 0) return { size: 'standard', reasons };
  return { size: 'hotfix', reasons: [{ rule: 'one-file-low-risk', text: 'It names one file and is low risk.' }] };
}

function sizeFinding(
  files: number,
  { changedLines: lines, filesThreshold }: Pick<ChangeFacts, 'changedLines' | 'filesThreshold'>,
): ChangeRisk {
  const many = { rule: 'many-files', text: `It changes ${files} files.` };
  const long = { rule: 'many-lines', text: `It changes ${lines} lines.` };
  const unknown = lines !== undefined && !(lines >= 0);
  // Written as "not at most", so that a threshold that is no number lets nothing through.
  const high = [...(!(files <= filesThreshold) ? [many] : []), ...(unknown || (lines ?? 0) > HIGH_LINES ? [long] : [])];
  if (high.length > 0) return { level: 'high', reasons: high };
  const medium = [...(files > MEDIUM_FILES ? [many] : []), ...((lines ?? 0) > MEDIUM_LINES ? [long] : [])];
  if (medium.length > 0) return { level: 'medium', reasons: medium };
  return {
    level: 'low',
    reasons: [{ rule: 'small-change', text: `It changes ${files} files outside every risky area.` }],
  };
}

function areaReasons(files: readonly RepositoryPath[], named: readonly RiskArea[]): ChangeRisk['reasons'] {
  return RISK_AREAS.flatMap((area) => {
    const paths = files.filter((path) => riskAreasOf(path).includes(area));
    if (paths.length === 0 && !named.includes(area)) return [];
    return [{ rule: `touches-${area}`, text: `It touches ${area}${paths.length === 0 ? '' : `: ${shown(paths)}`}.` }];
  });
}

function namedReasons(files: readonly RepositoryPath[], constitution: string): ChangeRisk['reasons'] {
  const named = constitutionPaths(constitution);
  const paths = files.filter((path) => named.some((name) => isNamedBy(path, name)));
  if (paths.length === 0) return [];
  return [{ rule: 'named-by-constitution', text: `It touches what the constitution names: ${shown(paths)}.` }];
}

function shown(paths: readonly RepositoryPath[]): string {
  const rest = paths.length - NAMED_PATHS;
  return `${paths.slice(0, NAMED_PATHS).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}
