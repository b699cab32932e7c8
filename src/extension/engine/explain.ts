import type { RunDetail } from '../../app/status.ts';
import { roleText } from '../../core/run/stage.ts';

/** Every verdict of a run with its reasons, and who was asked and why, as Markdown. */
export function explainRun({ view, events }: RunDetail): string {
  const lines: string[] = [`# Why run ${view.runId} went as it did`, '', `${view.specId} ${view.title}`];
  for (const event of events) {
    if (event.kind === 'RoutingDecision') {
      const { key, worker, role, reasons, refused } = event.payload;
      lines.push('', `## ${key}`, '', `The ${roleText(role)} is **${worker ?? 'nobody'}**.`, '');
      for (const reason of reasons) lines.push(`- ${reason.text}`);
      for (const passed of refused) lines.push(`- not ${passed.worker}: ${passed.text} (\`${passed.rule}\`)`);
    }
    if (event.kind === 'GateDecision') {
      const { key, verdict, to, reasons } = event.payload;
      lines.push('', `## ${key}`, '', `Verdict: **${verdict}**${to === null ? '' : ` to ${to}`}`, '');
      for (const reason of reasons) lines.push(`- ${reason.text} (\`${reason.rule}\`)`);
    }
  }
  return `${lines.join('\n')}\n`;
}
