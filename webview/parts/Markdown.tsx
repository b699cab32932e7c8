import { memo, useMemo, type KeyboardEvent, type MouseEvent, type ReactNode } from 'react';
import { usePanel } from '../panel.ts';
import { actionOf, safeHtml } from './markdown.ts';

/** Markdown of a model or a repository, rendered. Links go to the host. */
export const Markdown = memo(function Markdown({ text }: { readonly text: string }): ReactNode {
  const { bridge } = usePanel();
  const html = useMemo(() => ({ __html: safeHtml(text) }), [text]);
  const follow = (event: MouseEvent | KeyboardEvent) => {
    const link = event.target instanceof Element ? event.target.closest('[data-target]') : null;
    const action = actionOf(link?.getAttribute('data-target') ?? '');
    if (action === undefined) return;
    event.preventDefault();
    bridge.post(action);
  };
  return (
    <div
      className="markdown"
      dir="auto"
      onClick={follow}
      onKeyDown={(event) => {
        if (event.key === 'Enter') follow(event);
      }}
      dangerouslySetInnerHTML={html}
    />
  );
});
