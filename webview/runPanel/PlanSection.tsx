import { memo, type ReactNode } from 'react';
import type { PlanCell } from '../../src/protocol/runPanel.ts';
import { Evidence } from '../parts/Evidence.tsx';
import { useCell } from '../panel.ts';

/**
 * The plan: summary, steps with the requirements each covers, files, risks. While it streams its sections stand in this order from the beginning of
 * each, keyed by their place, so that what arrives is added below and nothing jumps.
 */
export const PlanSection = memo(function PlanSection(): ReactNode {
  const plan = useCell('plan');
  if (plan === undefined) return null;
  return (
    <div className="card plan">
      <p className="planState">
        {plan.isWhole ? 'The plan is whole.' : 'The plan is being written.'}
        {plan.confidence === null ? null : ` Confidence ${plan.confidence.toFixed(2)}.`}
      </p>
      {plan.summary === '' ? null : (
        <>
          <h3>Summary</h3>
          <p className="prose" dir="auto">
            {plan.summary}
          </p>
        </>
      )}
      <Steps steps={plan.steps} />
      <Files files={plan.files} />
      {plan.risks.length === 0 ? null : (
        <>
          <h3>Risks</h3>
          <ul className="plain">
            {plan.risks.map((risk, index) => (
              <li key={index} dir="auto">
                {risk}
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
});

function Steps({ steps }: { readonly steps: PlanCell['steps'] }): ReactNode {
  if (steps.length === 0) return null;
  return (
    <>
      <h3>Steps</h3>
      <ol className="steps">
        {steps.map((step, index) => (
          <li key={index}>
            <p dir="auto">
              <strong>{step.title}</strong>
              {step.requirements.length === 0 ? null : (
                <span className="quiet"> (covers {step.requirements.join(', ')})</span>
              )}
            </p>
            {step.text === '' ? null : (
              <p className="quiet prose" dir="auto">
                {step.text}
              </p>
            )}
          </li>
        ))}
      </ol>
    </>
  );
}

function Files({ files }: { readonly files: PlanCell['files'] }): ReactNode {
  if (files.length === 0) return null;
  return (
    <>
      <h3>Files</h3>
      <ul className="plain">
        {files.map((file, index) => (
          <li key={index} dir="auto">
            <span className="quiet">{file.action}</span>{' '}
            <Evidence place={file.action === 'create' ? null : { kind: 'file', path: file.path }}>
              <code>{file.path}</code>
            </Evidence>
            {file.why === '' ? null : <span className="quiet">: {file.why}</span>}
          </li>
        ))}
      </ul>
    </>
  );
}
