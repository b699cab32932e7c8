import type { RequestContext, Rpc } from '../../protocol/rpc.ts';
import type { EngineNews, EngineRequests, EngineStart, HostRequests } from './api.ts';
import { openCostFeed } from './costFeed.ts';
import { inEditorWords } from './editorWords.ts';
import { createFolderEngine, type FolderEngine } from './folderEngine.ts';
import { openReflexFeed, type ReflexFeed } from './reflexFeed.ts';
import { errorWithoutSecrets } from './withoutSecrets.ts';
import { loggedMessages, type SendMessage } from './webviewLog.ts';

/** What the engine reaches the host by. */
export interface EngineWires {
  host(): Rpc<HostRequests>;
  news(news: EngineNews): void;
}

type EngineHandlers = {
  readonly [Name in keyof EngineRequests]: (
    context: RequestContext,
    ...words: Parameters<EngineRequests[Name]>
  ) => ReturnType<EngineRequests[Name]>;
};

/** The engine's side of every request: one app for each folder, made when it is first asked for. */
export function createEngine(start: EngineStart, wires: EngineWires): EngineHandlers {
  const folders = new Map<string, FolderEngine>();
  const feeds = new Map<
    string,
    {
      readonly restart: () => void;
      readonly acknowledge: (seq: number) => void;
      readonly watched?: ReflexFeed['watched'];
    } & Disposable
  >();
  const at = (folder: string): FolderEngine => {
    const known = folders.get(folder) ?? createFolderEngine(folder, start, wires);
    folders.set(folder, known);
    return known;
  };
  const sendingTo = (feed: string): SendMessage =>
    loggedMessages(process.env['SPECKIT_WEBVIEW_LOG'], feed, (message) => wires.news({ kind: 'feed', feed, message }));
  const handlers: EngineHandlers = {
    overview: async (_context, folder) => {
      const overview = await at(folder).app.overview();
      return overview.problem === undefined ? overview : { ...overview, problem: inEditorWords(overview.problem) };
    },
    preview: (_context, folder, specId) => at(folder).app.preview(specId),
    start: (_context, folder, request) => at(folder).start(request),
    resume: (_context, folder, runId, until, lifted) => at(folder).resume(runId, until, lifted),
    pause: (_context, folder, runId) => at(folder).pause(runId),
    stop: (_context, folder, runId) => at(folder).stop(runId),
    tell: (_context, folder, runId, note) => at(folder).app.tell(runId, note),
    openMarkers: (_context, folder, specId) => at(folder).app.openMarkers(specId),
    answerSpec: (_context, folder, specId, marker, answer) => at(folder).app.answerSpec(specId, marker, answer),
    answer: (_context, folder, runId, { question, text, isIntoSpec }) =>
      at(folder).app.answer(runId, question, text, isIntoSpec ? 'intoSpec' : undefined),
    review: (_context, folder, runId) => at(folder).review(runId),
    approve: (_context, folder, runId, approving) => at(folder).app.approve(runId, approving),
    reject: (_context, folder, runId, selection, why) => at(folder).app.reject(runId, selection, why),
    edit: (_context, folder, runId, edit) => at(folder).app.edit(runId, edit),
    undo: (_context, folder, runId) => at(folder).app.undo(runId),
    serveApprovals: (_context, folder) => at(folder).serveApprovals(),
    tryProposal: (_context, folder, runId) => at(folder).app.openProposalTree(runId),
    patch: (_context, folder, runId, key, path) => at(folder).app.patch(runId, key, path),
    blob: async (_context, folder, runId, reference) => (await at(folder).app.detail(runId)).blob(reference),
    explain: (_context, folder, runId) => at(folder).explain(runId),
    replay: (_context, folder, runId) => at(folder).replay(runId),
    verifyLog: (_context, folder, runId) => at(folder).verifyLog(runId),
    collect: (_context, folder, mode) => at(folder).collect(mode),
    newSpec: (_context, folder, request) => at(folder).app.newSpec(request),
    initialise: (_context, folder, options) => at(folder).app.initialise(options),
    keyNames: (_context, folder) => at(folder).app.keyNames(),
    reflex: ({ signal }, folder, request) => at(folder).app.reflex(request, signal),
    async reflexPlan({ signal }, folder, request) {
      const [{ reflexPlanText }, report] = await Promise.all([
        import('../../app/reflexPlanText.ts'),
        at(folder).app.planReflex(request, signal),
      ]);
      return `${reflexPlanText(report)}\n\nIn a terminal, speckit reflex plan takes the options that are named here, and checks a command that you have: --check "..."\n`;
    },
    checkReflex: ({ signal }, folder) => at(folder).app.checkReflex(undefined, signal),
    startServer: ({ emit, signal }, folder, how) => {
      const { app } = at(folder);
      const starting = { onState: emit };
      return how === 'start' ? app.startServer(starting, signal) : app.restartServer(starting, signal);
    },
    bakeoff: ({ emit, signal }, folder, request) => at(folder).bakeoff(request, emit, signal),
    stopServer: (_context, folder) => at(folder).app.stopServer(),
    async serverLog(_context, folder, from) {
      const { app } = at(folder);
      // In this order: what is written before the end is read.
      const { supervisor } = await app.serverStatus();
      return { ...(await app.serverLog(from)), isAtWork: supervisor === 'atWork' };
    },
    doctor: (_context, folder) => at(folder).app.doctor(),
    analyze: (_context, folder, specId) => at(folder).app.analyze(specId),
    checklist: (_context, folder, specId) => at(folder).app.checklist(specId),
    sample: (_context, folder) => at(folder).app.sample(folder),
    async openFeed(_context, folder, runId, feed) {
      feeds.get(feed)?.[Symbol.dispose]();
      feeds.set(feed, await at(folder).openFeed(runId, sendingTo(feed)));
    },
    async openCostFeed(_context, folder, choice, feed) {
      feeds.get(feed)?.[Symbol.dispose]();
      feeds.set(feed, openCostFeed(at(folder).app, choice, sendingTo(feed)));
    },
    async openReflexFeed(_context, folder, feed) {
      feeds.get(feed)?.[Symbol.dispose]();
      feeds.set(feed, openReflexFeed(at(folder).app, sendingTo(feed)));
    },
    watchedServer: async (_context, feed, server) => feeds.get(feed)?.watched?.(server),
    async closeFeed(_context, feed) {
      feeds.get(feed)?.[Symbol.dispose]();
      feeds.delete(feed);
    },
    restartFeed: async (_context, feed) => feeds.get(feed)?.restart(),
    acknowledgeFeed: async (_context, feed, seq) => feeds.get(feed)?.acknowledge(seq),
  };
  const told = async (folder: unknown, error: unknown): Promise<never> => {
    const known = typeof folder === 'string' ? folders.get(folder) : undefined;
    throw known === undefined ? error : await errorWithoutSecrets(known.app, error);
  };
  return withTold(handlers, told);
}

/** The same handlers, each of which hands its failures on. Their first word is the folder, but for feeds, which say nothing of their own. */
function withTold(handlers: EngineHandlers, told: (folder: unknown, error: unknown) => Promise<never>): EngineHandlers {
  const wrapped = Object.entries(handlers).map(([name, handler]) => [
    name,
    (context: RequestContext, ...words: never[]) =>
      handler(context, ...words).catch((error: unknown) => told(words[0], error)),
  ]);
  return Object.fromEntries(wrapped) as EngineHandlers;
}
