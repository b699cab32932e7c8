import { memo, useLayoutEffect, useRef, type ReactNode } from 'react';
import { useCell } from '../panel.ts';

/** How near the end counts as being at the end (pixels). */
const AT_END = 24;

/** The text of the present call as it arrives. It scrolls along only for a reader who is at its end. */
export const StreamText = memo(function StreamText(): ReactNode {
  const stream = useCell('stream');
  const box = useRef<HTMLPreElement>(null);
  const isAtEnd = useRef(true);
  const text = stream?.text;
  useLayoutEffect(() => {
    if (box.current !== null && isAtEnd.current) box.current.scrollTop = box.current.scrollHeight;
  }, [text]);
  if (stream === undefined || stream === null || stream.text === '') return null;
  return (
    <section className="card" aria-labelledby="streamTitle">
      <h3 id="streamTitle">
        Answer of the {stream.role} <span className="quiet">{stream.worker}</span>
      </h3>
      <pre
        ref={box}
        className="stream"
        tabIndex={0}
        role="region"
        aria-labelledby="streamTitle"
        dir="auto"
        onScroll={(event) => {
          const { scrollHeight, scrollTop, clientHeight } = event.currentTarget;
          isAtEnd.current = scrollHeight - scrollTop - clientHeight <= AT_END;
        }}
      >
        {stream.text}
      </pre>
    </section>
  );
});
