import type { ReactNode } from 'react';
import { Button } from '../parts/Button.tsx';
import { Icon } from '../parts/Icon.tsx';
import { useCell, usePanel } from '../panel.ts';

/** The last thing that could not be done. The region stays, so that what appears in it is announced. */
export function Notice(): ReactNode {
  const { bridge } = usePanel();
  const notice = useCell('notice');
  return (
    <div role="status">
      {notice === undefined || notice === null ? null : (
        <div className="notice">
          <Icon name="warning" />
          <p dir="auto">{notice.text}</p>
          <Button onPress={() => bridge.post({ kind: 'dismissNotice' })}>Dismiss</Button>
        </div>
      )}
    </div>
  );
}
