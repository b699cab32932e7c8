import { memo, type ReactNode } from 'react';
import type { ShownStanding } from '../../src/protocol/reflexPanel.ts';
import { State } from '../parts/Icon.tsx';
import { Part } from '../parts/Part.tsx';
import { Table } from '../parts/Table.tsx';
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
      <Table
        caption="Bake-offs, newest first"
        columns={[
          { title: 'Ended (UTC)' },
          { title: 'Verdict' },
          { title: 'Success parity' },
          { title: 'P95', isFigure: true },
          { title: 'In schema', isFigure: true },
          { title: 'Cost', isFigure: true },
          { title: 'Why' },
        ]}
        rows={reports.map((report) => ({ key: report.file, cells: cellsOf(report) }))}
        rest={left === 0 ? undefined : `${counted(left, 'earlier bake-off')} not shown.`}
      />
    </Part>
  );
});

function cellsOf(report: Report): readonly ReactNode[] {
  const { at, until, isPassed, isExpired, isOfThis, parity, interval, p95, compliance, price } = report;
  return [
    <time key="at" dateTime={at} className="figures">
      {at.slice(0, 16).replace('T', ' ')}
    </time>,
    <ul key="verdict" className="plain">
      <li>
        <State look={isPassed ? PASSED : NOT_PASSED} />
      </li>
      <li className="quiet">{validText(isPassed, isExpired, until)}</li>
      {isOfThis ? null : <li className="quiet">about another server or model</li>}
    </ul>,
    <span key="parity">
      {parity}
      {interval === '' ? null : <span className="quiet"> {interval}</span>}
    </span>,
    p95,
    compliance,
    price,
    <Why key="why" report={report} />,
  ];
}

const PASSED: Look = { icon: 'pass-filled', word: 'passed', tone: 'good' };
const NOT_PASSED: Look = { icon: 'error', word: 'not passed', tone: 'bad' };

function validText(isPassed: boolean, isExpired: boolean, until: string): string {
  const day = until.slice(0, 10);
  if (isExpired) return `expired on ${day}`;
  return isPassed ? `until ${day}` : '';
}

function Why({ report: { file, local, cloud, reasons, at } }: { readonly report: Report }): ReactNode {
  const { bridge } = usePanel();
  return (
    <div className="why">
      <p>{`${local} beside ${cloud}`}</p>
      <ul className="plain">
        {reasons.map((reason, index) => (
          <li key={index}>{reason}</li>
        ))}
      </ul>
      <button
        type="button"
        className="link"
        aria-label={`Open the report of ${at.slice(0, 16).replace('T', ' ')}`}
        onClick={() => bridge.post({ kind: 'openReport', file })}
      >
        Open Report
      </button>
    </div>
  );
}
