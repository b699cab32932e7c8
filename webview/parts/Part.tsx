import type { ReactNode } from 'react';

interface PartProps {
  readonly id: string;
  readonly title: string;
  /** One line under the title. */
  readonly about?: string;
  readonly picture?: ReactNode;
  readonly children: ReactNode;
}

/** One part of the panel: its title, its picture, and its table beside it (below it where there is no room). */
export function Part({ id, title, about, picture, children }: PartProps): ReactNode {
  return (
    <section className="card part" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {about === undefined ? null : <p className="quiet">{about}</p>}
      <div className={picture === undefined ? 'beside alone' : 'beside'}>
        {picture}
        <div className="tables">{children}</div>
      </div>
    </section>
  );
}
