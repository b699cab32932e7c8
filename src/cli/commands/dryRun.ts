import { moneyForecastText, timeForecastText } from '../../app/forecastText.ts';
import type { Preview } from '../../app/preview.ts';
import { EXIT } from '../exitCode.ts';
import type { Terminal } from '../terminal.ts';

/** `speckit auto SPEC --dry-run`: what a run would do, and what it may come to. Nothing is asked and nothing is written. */
export function showPreview(terminal: Terminal, preview: Preview): number {
  terminal.result({ ...preview, unfinished: preview.unfinished ?? null, exitCode: EXIT.ok });
  terminal.say(
    [
      `${preview.specId} ${preview.title}, ${preview.size}${preview.unfinished === undefined ? '' : `: run ${preview.unfinished} would go on`}`,
      '',
      `Cost      ${moneyForecastText(preview.estimate)}`,
      `Time      ${timeForecastText(preview.estimate)}`,
      `Basis     ${preview.estimate.basis}`,
      '',
      ...preview.stages.map(
        ({ stage, workers, why }) => `  ${stage.padEnd(10)} ${workers.length === 0 ? why : workers.join(', then ')}`,
      ),
      '',
      ...(preview.commands.length === 0
        ? ['No checks are configured: you have to vouch for the change.']
        : [...preview.commands.map(({ name, command }) => `  ${name.padEnd(10)} ${command}`), preview.confinement]),
      ...(preview.problems.length === 0 ? [] : ['', ...preview.problems.map((problem) => `! ${problem}`)]),
    ].join('\n'),
  );
  return EXIT.ok;
}
