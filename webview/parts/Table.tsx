import type { ReactNode } from 'react';

interface Column {
  readonly title: string;
  /** Figures stand at the right. */
  readonly isFigure?: boolean;
}

interface TableProps {
  /** What the table is of, for a screen reader: its part's title stands above it. */
  readonly caption: string;
  readonly columns: readonly Column[];
  /** The first cell of a row names it. */
  readonly rows: readonly { readonly key: string; readonly cells: readonly ReactNode[] }[];
  /** What is not shown, in words. */
  readonly rest?: string | undefined;
}

/** A table that scrolls by itself where it is too wide, and can be scrolled by keys. */
export function Table({ caption, columns, rows, rest }: TableProps): ReactNode {
  return (
    <div className="scrolls" tabIndex={0} role="group" aria-label={caption}>
      <table>
        <caption className="forReaders">{caption}</caption>
        <thead>
          <tr>
            {columns.map(({ title, isFigure }) => (
              <th key={title} scope="col" className={isFigure === true ? 'figure' : undefined}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ key, cells: [name, ...figures] }) => (
            <tr key={key}>
              <th scope="row" dir="auto">
                {name}
              </th>
              {figures.map((cell, index) => (
                <td key={index} className={columns[index + 1]?.isFigure === true ? 'figure' : undefined} dir="auto">
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {rest === undefined ? null : <p className="quiet rest">{rest}</p>}
    </div>
  );
}
