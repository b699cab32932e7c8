import { memo, type ReactNode } from 'react';
import { useCell } from '../panel.ts';
import { Fold } from '../parts/Fold.tsx';

/** What a patch changed, as it landed: read-only, open while its attempt is at work. The editor's own diff is one click away. */
export const PatchDiff = memo(function PatchDiff({
  name,
  isOpen,
}: {
  readonly name: string;
  readonly isOpen: boolean;
}): ReactNode {
  const diff = useCell('diff', `diff/${name}`);
  if (diff === undefined) return null;
  return (
    <Fold id={`diff ${name}`} title="Change" level={3} isOpen={isOpen}>
      {() => (
        <>
          {diff.files.map(({ path, lines }) => (
            <pre key={path} className="diff" tabIndex={0} role="region" aria-label={`Change of ${path}`}>
              <span className="diffName">{path}</span>
              {lines.map((line, index) => (
                <span key={index} className={LOOKS[line.charAt(0)] ?? ''}>
                  {line === '' ? ' ' : line}
                </span>
              ))}
            </pre>
          ))}
          {diff.isCut ? <p className="quiet">More changed than is shown here.</p> : null}
        </>
      )}
    </Fold>
  );
});

/** By the first character of a line of a unified diff, which also says it in words' stead. */
const LOOKS: Readonly<Record<string, string>> = { '+': 'inserted', '-': 'removed', '@': 'quiet' };
