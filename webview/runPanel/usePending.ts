import { useEffect, useState } from 'react';
import { useCell, useHead } from '../panel.ts';

/** How long an action that was sent may show nothing for it (milliseconds). */
const PATIENCE_MS = 5_000;

/** Whether something was just asked of the host: until the run's state or notice changes, or patience ends. */
export function usePending(): readonly [boolean, () => void] {
  const state = useHead((head) => head.state);
  const notice = useCell('notice')?.at;
  const [isPending, setPending] = useState(false);
  useEffect(() => setPending(false), [state, notice]);
  useEffect(() => {
    if (!isPending) return undefined;
    const timer = setTimeout(() => setPending(false), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [isPending]);
  return [isPending, () => setPending(true)];
}
