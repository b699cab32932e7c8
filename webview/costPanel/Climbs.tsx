import { memo, type ReactNode } from 'react';
import { useCell } from '../panel.ts';
import { capital, counted } from '../words.ts';
import { Bars } from '../parts/Bars.tsx';
import { Part } from '../parts/Part.tsx';
import { Table } from '../parts/Table.tsx';

const KINDS = { escalation: 'escalated', fallback: 'fell back' } as const;

/** Where a stronger worker was asked on evidence, and where another stood in for one whose server failed. */
export const Climbs = memo(function Climbs(): ReactNode {
  const climbs = useCell('costClimbs');
  if (climbs === undefined || (climbs.runs === 0 && climbs.runsLeft === 0)) return null;
  const { rows, total, stages, runs, runsLeft } = climbs;
  const read = `Read from the logs of ${counted(runs, 'run')}${runsLeft === 0 ? '' : `; not read: ${counted(runsLeft, 'run')} of other repositories, too old or unreadable`}.`;
  if (total === 0)
    return (
      <Part id="climbs" title="Escalations" about={read}>
        <p>No stronger worker had to be asked.</p>
      </Part>
    );
  return (
    <Part
      id="climbs"
      title="Escalations"
      about={read}
      picture={
        <Bars
          label={`By stage: ${stages.map(({ stage, escalations, fallbacks }) => `${stage} ${escalations} escalated, ${fallbacks} fell back`).join('; ')}.`}
          bars={stages.map(({ stage, escalations, fallbacks }) => ({
            key: stage,
            name: capital(stage),
            pieces: [
              { look: 'solid', amount: escalations },
              { look: 'pale', amount: fallbacks },
            ],
          }))}
          legend={[
            { look: 'solid', word: 'escalated on evidence' },
            { look: 'pale', word: 'fell back from a fault' },
          ]}
        />
      }
    >
      <Table
        caption="Escalations, newest first"
        columns={[
          { title: 'When (UTC)' },
          { title: 'Spec' },
          { title: 'Stage' },
          { title: 'From, to' },
          { title: 'Why' },
        ]}
        rows={rows.map(({ at, kind, spec, stage, from, to, text }, index) => ({
          key: `${index} ${at}`,
          cells: [
            <time key="at" dateTime={at} className="figures">
              {at.slice(0, 16).replace('T', ' ')}
            </time>,
            spec,
            stage,
            `${KINDS[kind]} from ${from} to ${to}`,
            <span key="why" className="why">
              {text}
            </span>,
          ],
        }))}
        rest={total > rows.length ? `Not shown: ${total - rows.length} earlier.` : undefined}
      />
    </Part>
  );
});
