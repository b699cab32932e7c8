import { memo, type ReactNode } from 'react';
import { Fold } from '../parts/Fold.tsx';
import { useCell, usePanel } from '../panel.ts';
import { counted } from '../words.ts';

/** Why the present worker, and whom the router passed over. */
export const Routing = memo(function Routing(): ReactNode {
  const { bridge } = usePanel();
  const routing = useCell('routing');
  if (routing === undefined) return null;
  return (
    <div className="card">
      <h3 dir="auto">
        {routing.worker === null ? `No worker for the ${routing.role}` : `Why ${routing.worker}?`}{' '}
        <button type="button" className="link" onClick={() => bridge.post({ kind: 'explain' })}>
          Explain
        </button>
      </h3>
      <ul className="plain quiet">
        {routing.reasons.map((reason, index) => (
          <li key={index} dir="auto">
            {reason}
          </li>
        ))}
      </ul>
      {routing.passedOver.length === 0 ? null : (
        <Fold id="passedOver" title={`Passed over ${counted(routing.passedOver.length, 'worker')}`} level={3}>
          {() => (
            <dl>
              {routing.passedOver.map(({ worker, why }, index) => (
                <div key={index} dir="auto">
                  <dt>{worker}</dt>
                  <dd className="quiet">{why}</dd>
                </div>
              ))}
            </dl>
          )}
        </Fold>
      )}
    </div>
  );
});
