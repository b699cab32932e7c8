import { memo, type ReactNode } from 'react';
import type { ShownStanding } from '../../src/protocol/reflexPanel.ts';
import { Fold } from '../parts/Fold.tsx';
import { State } from '../parts/Icon.tsx';
import { Part } from '../parts/Part.tsx';
import { useCell, usePanel } from '../panel.ts';
import { counted, type Look } from '../words.ts';

type Report = ShownStanding['reports'][number];

/** What the bake-offs found, the newest first, each one click from its report. */
export const Bakeoffs = memo(function Bakeoffs(): ReactNode {
  const standing = useCell('reflexStanding');
  if (standing === undefined) return null;
  const { reports, left } = standing;
  if (reports.length === 0)
    return (
      <Part id="bakeoffs" title="Bake-offs">
        <p>
          None yet. In a bake-off the local server and a worker of the cloud do the same small tasks; “SpecKit: Run a
          Bake-Off of the Local Server...” asks first what it may cost. Only one that passed, is not older than 30 days
          and is about exactly this server lets it make first attempts.
        </p>
      </Part>
    );
  return (
    <Part id="bakeoffs" title="Bake-offs" about="One that passed counts for 30 days, and for exactly the same server.">
      <ul className="plain reports">
        {reports.map((report, index) => (
          <OneReport key={report.file} report={report} isNewest={index === 0} />
        ))}
      </ul>
      {left === 0 ? null : <p className="quiet">{counted(left, 'earlier bake-off')} not shown.</p>}
    </Part>
  );
});

interface OneReportProps {
  readonly report: Report;
  readonly isNewest: boolean;
}

function OneReport({ report, isNewest }: OneReportProps): ReactNode {
  const { bridge } = usePanel();
  const { file, at, isPassed, isOfThis, local, cloud, parity, interval, p95, compliance, price, reasons } = report;
  const ended = at.slice(0, 16).replace('T', ' ');
  const valid = validText(report);
  return (
    <li>
      <h3 className="facts">
        <State look={isPassed ? PASSED : NOT_PASSED} />
        <time dateTime={at} className="figures">
          {ended}
        </time>
        {valid === '' ? null : <span className="quiet">{valid}</span>}
        {isOfThis ? null : <span className="quiet">about another server or model</span>}
      </h3>
      <p className="quiet" dir="auto">
        {`${local} beside ${cloud}`}
      </p>
      <dl className="measured">
        <div>
          <dt>Success parity</dt>
          <dd>
            {parity}
            {interval === '' ? null : <span className="quiet">, {interval}</span>}
          </dd>
        </div>
        <div>
          <dt>P95 of an answer</dt>
          <dd className="figures">{p95}</dd>
        </div>
        <div>
          <dt>Schema compliance</dt>
          <dd className="figures">{compliance}</dd>
        </div>
        <div>
          <dt>Cost</dt>
          <dd className="figures">{price}</dd>
        </div>
      </dl>
      <Fold id={`why/${file}`} title={`Why ${isPassed ? 'passed' : 'not passed'}`} level={3} isOpen={isNewest}>
        {() => (
          <ul className="plain">
            {reasons.map((reason, index) => (
              <li key={index} dir="auto">
                {reason}
              </li>
            ))}
          </ul>
        )}
      </Fold>
      <button
        type="button"
        className="link"
        aria-label={`Open Report of ${ended}`}
        onClick={() => bridge.post({ kind: 'openReport', file })}
      >
        Open Report
      </button>
    </li>
  );
}

const PASSED: Look = { icon: 'pass-filled', word: 'passed', tone: 'good' };
const NOT_PASSED: Look = { icon: 'error', word: 'not passed', tone: 'bad' };

function validText({ isPassed, isExpired, until }: Report): string {
  const day = until.slice(0, 10);
  if (isExpired) return `expired on ${day}`;
  return isPassed ? `until ${day}` : '';
}
