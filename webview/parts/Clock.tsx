import type { ReactNode } from 'react';
import { useNow } from '../clock.ts';
import { clockText, durationText } from '../words.ts';

interface ClockProps {
  readonly since: string;
  /** Null while it still runs. */
  readonly until: string | null;
  readonly form?: 'clock' | 'words';
}

/** How long something took, or has taken until this second. */
export function Clock({ since, until, form = 'words' }: ClockProps): ReactNode {
  return until === null ? <Running since={since} form={form} /> : <>{textOf(since, Date.parse(until), form)}</>;
}

function Running({ since, form }: { readonly since: string; readonly form: 'clock' | 'words' }): ReactNode {
  return <>{textOf(since, useNow(), form)}</>;
}

function textOf(since: string, until: number, form: 'clock' | 'words'): string {
  const milliseconds = until - Date.parse(since);
  if (Number.isNaN(milliseconds)) return '';
  return form === 'clock' ? clockText(milliseconds) : durationText(milliseconds);
}
