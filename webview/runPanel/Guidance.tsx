import { memo, useState, type ReactNode } from 'react';
import { Button } from '../parts/Button.tsx';
import { Fold } from '../parts/Fold.tsx';
import { Icon } from '../parts/Icon.tsx';
import { TextBox } from '../parts/TextBox.tsx';
import { useCell, useHead, useKeys, usePanel } from '../panel.ts';

/** What a person tells the run while it works, and whether a worker has been given it. */
export const Guidance = memo(function Guidance(): ReactNode {
  const keys = useKeys('guidance');
  return (
    <Fold
      id="guidance"
      title="Guidance"
      {...(keys.length === 0 ? {} : { count: keys.length })}
      isOpen={keys.length > 0}
    >
      {() => (
        <>
          <ul className="plain">
            {keys.map((key) => (
              <Note key={key} name={key} />
            ))}
          </ul>
          <Tell />
        </>
      )}
    </Fold>
  );
});

const Note = memo(function Note({ name }: { readonly name: string }): ReactNode {
  const note = useCell('guidance', name);
  if (note === undefined) return null;
  return (
    <li dir="auto">
      <span className="quiet">
        <Icon name={note.isTaken ? 'check' : 'history'} /> {note.isTaken ? 'Taken' : 'Not taken yet'}, by {note.by}
        {note.about === null ? '' : `, about ${note.about}`}:
      </span>{' '}
      {note.text}
    </li>
  );
});

function Tell(): ReactNode {
  const { bridge } = usePanel();
  const [text, setText] = useState('');
  const isFollowed = useHead((head) => head.owner) === 'elsewhere';
  const isOver = useHead((head) => head.state) === 'applied';
  const isDisabled = isFollowed || isOver;
  return (
    <div className="form">
      <TextBox
        label="Tell the run something"
        placeholder={
          isFollowed
            ? 'Another process is at work; tell it there.'
            : 'Tell the run something. The next call is given it.'
        }
        value={text}
        onChange={setText}
        isDisabled={isDisabled}
      />
      <div className="actions">
        <Button
          isDisabled={isDisabled || text.trim() === ''}
          onPress={() => {
            bridge.post({ kind: 'tell', text: text.trim() });
            setText('');
          }}
        >
          Send
        </Button>
      </div>
    </div>
  );
}
