import { unreachable } from '../../base/unreachable.ts';
import type { ReflexHealth } from '../../app/reflexHealth.ts';
import type { StartReport, StopReport } from '../../app/reflexServer.ts';
import { serverStateText, startText, stopText } from '../../app/reflexServerText.ts';
import type { ServerState } from '../../core/reflex/serverState.ts';
import type { EngineRequests } from '../engine/api.ts';
import type { CommandId } from '../manifest.ts';
import { inEditorWords } from '../engine/editorWords.ts';
import { bakeOff, type BakeoffEngine, type BakeoffWindow } from './bakeoffAction.ts';

/** What the palette does about the local server. */
export interface ServerActions extends Disposable {
  start(): Promise<void>;
  stop(): Promise<void>;
  restart(): Promise<void>;
  health(): Promise<void>;
  models(): Promise<void>;
  bakeoff(): Promise<void>;
  showLog(): Promise<void>;
}

/** The engine, as far as it is about the server. */
export interface ServerEngine extends BakeoffEngine {
  start(
    folder: string,
    how: 'start' | 'restart',
    onState: (state: ServerState) => void,
    signal: AbortSignal,
  ): Promise<StartReport>;
  stop(folder: string): Promise<StopReport>;
  check(folder: string): Promise<ReflexHealth>;
  readonly log: EngineRequests['serverLog'];
}

/** What can be done next about the server, by a button below what was told. */
export type NextStep = Extract<
  CommandId,
  | 'speckitAuto.showReflex'
  | 'speckitAuto.reflexStart'
  | 'speckitAuto.reflexRestart'
  | 'speckitAuto.reflexPlan'
  | 'speckitAuto.reflexModels'
  | 'speckitAuto.reflexLog'
  | 'speckitAuto.openConfiguration'
>;

/** The window, as far as it is about the server. */
export interface ServerWindow extends BakeoffWindow {
  tell(level: 'information' | 'warning', text: string, ...steps: readonly NextStep[]): void;
  /** Lets a person choose one of the models that a server lists; `asked` is the one that its worker asks for. */
  showModels(title: string, models: readonly string[], asked: string | undefined): Promise<void>;
  /** The folder whose configuration counts; undefined when a person leaves the question. */
  folder(): Promise<string | undefined>;
  /** The channel of the server's log, shown when it is opened. */
  openLog(): { append(text: string): void; clear(): void; show(): void };
  after(ms: number, call: () => void): () => void;
}

/** Lines shown of what was printed before. */
const LINES = 500;
const FOLLOW_MS = 1_000;

/** `onChange` is called when the server has come or gone. */
export function createServerActions(engine: ServerEngine, window: ServerWindow, onChange: () => void): ServerActions {
  const follower = createFollower(engine, window);

  const inTrusted = async (work: (folder: string) => Promise<void>): Promise<void> => {
    window.requireTrust();
    const folder = await window.folder();
    if (folder === undefined) return;
    // The trust may have gone while the question stood open.
    window.requireTrust();
    await work(folder);
  };
  const begin = (how: 'start' | 'restart') =>
    inTrusted(async (folder) => {
      const report = await window.progress('SpecKit: the local server', async (say, signal) => {
        const onState = (state: ServerState): void => say(inEditorWords(serverStateText(state, Date.now())));
        return engine.start(folder, how, onState, signal).catch((error: unknown): StartReport => {
          // Whoever ends the wait before anything was started has not failed.
          if (signal.aborted) return { outcome: 'stopped' };
          throw error;
        });
      });
      const text = inEditorWords(startText(report, Date.now()));
      window.tell(report.outcome === 'failed' ? 'warning' : 'information', text);
      // What it printed says more than we can.
      if (report.outcome === 'failed') await follower.show(folder);
      onChange();
    });

  const tellHealth = (found: ReflexHealth): void => {
    const { healthy, message, next } = found;
    const text = inEditorWords(`${message}${next === undefined ? '' : ` ${next}`}`);
    window.tell(healthy ? 'information' : 'warning', text, ...nextSteps(found));
  };

  return {
    start: () => begin('start'),
    restart: () => begin('restart'),
    stop: () =>
      inTrusted(async (folder) => {
        window.tell('information', stopText(await engine.stop(folder)));
        onChange();
      }),
    health: () =>
      inTrusted(async (folder) => {
        tellHealth(await engine.check(folder));
        onChange();
      }),
    models: () =>
      inTrusted(async (folder) => {
        const found = await engine.check(folder);
        const { health, url, model } = found;
        if (health.kind !== 'answers' || health.models.length === 0) return tellHealth(found);
        await window.showModels(`Models of the local server at ${new URL(url).host}`, health.models, model);
      }),
    bakeoff: () =>
      inTrusted(async (folder) => {
        await bakeOff(engine, window, folder);
        onChange();
      }),
    async showLog() {
      const folder = await window.folder();
      if (folder !== undefined) await follower.show(folder);
    },
    [Symbol.dispose]: () => follower[Symbol.dispose](),
  };
}

/** What helps, the likeliest first. */
function nextSteps({ healthy, health, model }: ReflexHealth): readonly NextStep[] {
  if (healthy) return ['speckitAuto.showReflex'];
  switch (health.kind) {
    case 'refuses':
      return ['speckitAuto.reflexStart', 'speckitAuto.reflexPlan'];
    case 'loading':
      return ['speckitAuto.reflexLog'];
    case 'silent':
      return ['speckitAuto.reflexRestart', 'speckitAuto.reflexLog'];
    case 'odd':
      return ['speckitAuto.openConfiguration'];
    case 'answers': {
      const isUnlisted = health.models.length > 0 && model !== undefined && !health.models.includes(model);
      return isUnlisted
        ? ['speckitAuto.reflexModels', 'speckitAuto.openConfiguration']
        : ['speckitAuto.reflexRestart', 'speckitAuto.reflexLog'];
    }
  }
  return unreachable(health);
}

/** Shows the log and what comes to it, as long as a supervisor is at work. */
function createFollower(
  engine: ServerEngine,
  window: ServerWindow,
): { show(folder: string): Promise<void> } & Disposable {
  let cancel: () => void = () => undefined;
  let turn = 0;
  return {
    async show(folder) {
      cancel();
      turn += 1;
      const mine = turn;
      const channel = window.openLog();
      const read = async (from: Parameters<ServerEngine['log']>[1]): Promise<void> => {
        const { text, position, isAtWork } = await engine.log(folder, from);
        if (mine !== turn) return;
        if (text !== '') channel.append(text);
        // An engine that has gone ends the following: what was shown stays.
        if (isAtWork) cancel = window.after(FOLLOW_MS, () => void read({ position }).catch(() => undefined));
      };
      channel.clear();
      channel.show();
      await read({ lines: LINES });
    },
    [Symbol.dispose]() {
      turn += 1;
      cancel();
    },
  };
}
