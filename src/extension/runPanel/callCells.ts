import { dollars } from '../../core/ledger/money.ts';
import type { Payload } from '../../core/run/event.ts';
import { STAGES } from '../../core/run/stage.ts';
import { MOST_CELLS, type Cell } from '../../protocol/runPanel.ts';
import { cut } from './cut.ts';
import { priceText, type Charge } from './priceText.ts';
import type { CellFeed } from './runFacts.ts';

type Call = Cell<'call'>;
type Address = { readonly key: string; readonly attempt: number };

/** Each call of a model: what it holds while it is on its way, and its price as it settles. */
export interface CallCells {
  /** The router's choice says whose the next call is. */
  routed(payload: Payload<'RoutingDecision'>): void;
  reserved(payload: Payload<'SpendReserve'>, time: string): void;
  called(payload: Payload<'LLMCall'>, time: string): void;
  settled(payload: Payload<'SpendSettle'>, charge: Charge, time: string): void;
  /** The run's process let go: what was on its way is in doubt until the log says more. */
  ended(): void;
}

export function createCallCells(feed: CellFeed): CallCells {
  const calls = new Map<string, Call>();
  let next: Pick<Call, 'role' | 'mode'> = { role: '' };
  const change = (address: Address, members: Partial<Call>): void => {
    const key = cut(`call/${address.attempt}/${address.key}`, 300);
    const known = calls.get(key) ?? emptyCall(address, next);
    const changed: Call = { ...known, ...members };
    if (changed.mode === undefined) delete changed.mode;
    calls.set(key, changed);
    const [oldest] = calls.keys();
    if (oldest !== undefined && calls.size > (MOST_CELLS.call ?? 0)) calls.delete(oldest);
    feed.set(key as `call/${string}`, changed);
  };
  return {
    routed: ({ role, mode }) => {
      next = { role, ...(mode !== undefined && { mode }) };
    },
    reserved: (payload, time) =>
      change(payload, {
        worker: cut(payload.worker, 100),
        state: 'calling',
        price: payload.microdollars === 0 ? '' : `up to ${dollars(payload.microdollars)}`,
        startedAt: time,
      }),
    called: (payload, time) =>
      change(payload, {
        stage: payload.stage,
        role: payload.role,
        // The call itself says it: between the router's choice and it another role may have been asked.
        mode: payload.mode,
        worker: cut(payload.worker, 100),
        outcome: cut(payload.outcome, 60),
        endedAt: time,
      }),
    settled: (payload, charge, time) =>
      change(payload, {
        worker: cut(payload.worker, 100),
        state: payload.state,
        price: cut(priceText(charge), 60),
        inputTokens: payload.inputTokens,
        outputTokens: payload.outputTokens,
        cachedTokens: payload.cachedTokens,
        endedAt: time,
      }),
    ended: () => {
      for (const [key, call] of calls) {
        if (call.state !== 'calling') continue;
        const price = call.price === '' ? 'in doubt' : cut(`in doubt, ${call.price}`, 60);
        const left: Call = { ...call, state: 'inDoubt', price };
        calls.set(key, left);
        feed.set(key as `call/${string}`, left);
      }
    },
  };
}

/** A call's key begins with its stage, and in the implement stage its task follows. */
function emptyCall({ key }: Address, whose: Pick<Call, 'role' | 'mode'>): Call {
  const [name, task = ''] = key.split('/');
  const stage = STAGES.find((candidate) => candidate === name) ?? 'specify';
  return {
    stage,
    task: stage === 'implement' ? cut(task, 40) : null,
    ...whose,
    worker: '',
    state: 'calling',
    price: '',
    outcome: '',
    inputTokens: 0,
    outputTokens: 0,
    cachedTokens: 0,
    startedAt: null,
    endedAt: null,
  };
}
