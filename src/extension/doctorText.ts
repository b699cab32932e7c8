import type { DoctorReport } from '../app/doctor.ts';
import { sandboxText } from '../app/sandboxText.ts';

/** Entries of one row that are shown; the rest is counted. */
const MOST_VALUES = 20;

/**
 * What was found here, as a page to read. The command line tells the same in its own words, because what helps next is a command there and an entry of
 * the palette here. Keys by their names only.
 */
export function doctorText(report: DoctorReport): string {
  const { node, repository, configuration, models, agents, editorModels = [], storedKeys = [] } = report;
  const servers = models.flatMap((model) =>
    model.kind === 'server'
      ? [`${model.baseUrl} (${model.server}): ${model.models.slice(0, 5).join(', ') || 'no model loaded'}`]
      : [],
  );
  const keys = [
    ...storedKeys.map((name) => `${name}, stored in VS Code`),
    ...models.flatMap((model) => (model.kind === 'key' ? [`${model.variable}, in the environment`] : [])),
  ];
  const isConfigured = configuration.kind === 'ok';
  const isReady = repository.kind === 'ok' && isConfigured && configuration.workers.length > 0;
  return [
    'What SpecKit found here',
    '',
    row('Repository', [repository.kind === 'ok' ? repository.root : repository.text], ''),
    row(
      'Checks',
      isConfigured ? configuration.checks : [configuration.text],
      'none configured: "SpecKit: Set Up" finds them',
    ),
    row('Workers', isConfigured ? configuration.workers : [], 'none configured: "SpecKit: Set Up" writes them'),
    ...(isConfigured && configuration.notices.length > 0 ? [row('Notes', configuration.notices, '')] : []),
    row('Sandbox', [sandboxText(report.sandbox)], ''),
    ...(report.missing.length === 0 ? [] : [row('Missing', report.missing, '')]),
    row('Local servers', servers, 'none on the usual ports'),
    row('Editor models', editorModels, 'none; an extension that brings some adds them here'),
    row('Keys', keys, 'none; "SpecKit: Set Key" stores one'),
    row('Agents', agents, 'none on the PATH'),
    row('Node', [node], ''),
    '',
    isReady ? 'Ready.' : 'Without any model: "SpecKit: Try the Sample".',
    '',
  ].join('\n');
}

function row(name: string, values: readonly string[], none: string): string {
  const more = values.length > MOST_VALUES ? [`and ${values.length - MOST_VALUES} more`] : [];
  const lines = values.length === 0 ? [none] : [...values.slice(0, MOST_VALUES), ...more];
  return `${name.padEnd(16)}${lines.join(`\n${' '.repeat(16)}`)}`;
}
