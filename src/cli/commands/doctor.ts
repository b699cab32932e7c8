import { createApp } from '../../app/createApp.ts';
import { sandboxText } from '../../app/sandboxText.ts';
import { EXIT } from '../exitCode.ts';
import type { Terminal } from '../terminal.ts';

/** `speckit doctor`: what was found. Exit 0 when a run could start here, 1 when something is missing. */
export async function runDoctor(terminal: Terminal): Promise<number> {
  const report = await createApp(terminal.host).doctor();
  const { repository, configuration, models, agents } = report;
  const isReady = repository.kind === 'ok' && configuration.kind === 'ok' && configuration.workers.length > 0;
  const exit = isReady ? EXIT.ok : EXIT.soft;
  terminal.result({ ...report, exitCode: exit });
  const found = models.map((model) =>
    model.kind === 'key'
      ? `  key           ${model.variable}`
      : `  local server  ${model.baseUrl} (${model.server}): ${model.models.slice(0, 5).join(', ') || 'no model loaded'}`,
  );
  terminal.say(
    [
      `Node          ${report.node}`,
      `Repository    ${repository.kind === 'ok' ? repository.root : repository.text}`,
      `Checks        ${configuration.kind === 'ok' ? configuration.checks.join(', ') || 'none configured (speckit init finds them)' : configuration.text}`,
      `Workers       ${configuration.kind === 'ok' ? configuration.workers.join(', ') || 'none configured (speckit init writes them)' : '-'}`,
      ...(configuration.kind === 'ok' ? configuration.notices.map((notice) => `Note          ${notice}`) : []),
      `Sandbox       ${sandboxText(report.sandbox)}`,
      ...report.missing.map((missing) => `Missing       ${missing}`),
      'Found',
      ...(found.length === 0 ? ['  no key in the environment, no local server on the usual ports'] : found),
      ...(agents.length === 0 ? [] : [`  agents        ${agents.join(', ')} (not called by this version)`]),
      '',
      isReady ? 'Ready.' : 'Without any model: speckit sample',
    ].join('\n'),
  );
  return exit;
}
