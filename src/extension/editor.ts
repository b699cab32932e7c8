import { commands, env, Uri, window, workspace, type ExtensionContext, type LogOutputChannel } from 'vscode';
import { RemoteProblem } from '../protocol/rpc.ts';
import type { EngineRequests } from './engine/api.ts';
import type { CostPanels } from './costPanel/panel.ts';
import type { Overviews } from './overviews.ts';
import type { ReflexPanels } from './reflexPanel/panel.ts';
import type { ReviewSurfaces } from './review/surfaces.ts';
import type { RunPanels } from './runPanel/panel.ts';
import type { TextDocuments } from './textDocuments.ts';
import type { NeedsView } from './views/needsTree.ts';
import { webAddress } from './webAddress.ts';

/** What every command of the editor works with: constructed once in activate.ts. */
export interface Editor {
  readonly context: ExtensionContext;
  readonly engine: EngineRequests;
  readonly overviews: Overviews;
  readonly panels: RunPanels;
  /** The panel of costs, whose code is read when it is first shown. */
  readonly costs: () => Promise<CostPanels>;
  /** The reflex panel, read in the same way. */
  readonly reflex: () => Promise<ReflexPanels>;
  readonly texts: TextDocuments;
  readonly review: ReviewSurfaces;
  readonly needs: NeedsView;
  readonly log: LogOutputChannel;
}

/** A request that a person made and that cannot be done here; told in words, without a stack. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}

/** Throws a Refusal in a workspace that is not trusted: nothing runs there, and nothing is written. */
export function requireTrust(): void {
  if (workspace.isTrusted) return;
  throw new Refusal('This workspace is not trusted, so SpecKit only shows what is there. Trust it to run anything.');
}

/** Does what a person asked for and tells a failure once, with what can be done next. */
export async function attempt(log: LogOutputChannel, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    await tell(log, error);
  }
}

async function tell(log: LogOutputChannel, error: unknown): Promise<void> {
  if (error instanceof Refusal) {
    void window.showWarningMessage(error.message);
    return;
  }
  const text = error instanceof Error ? error.message : String(error);
  const isFault = !(error instanceof RemoteProblem) || error.problem === 'fault';
  log.error(isFault && error instanceof Error ? (error.stack ?? text) : text);
  const actions =
    error instanceof RemoteProblem && error.problem === 'configuration'
      ? ['Open speckit.toml', 'What Was Found']
      : ['Show Log'];
  const chosen = await window.showErrorMessage(isFault ? `SpecKit failed: ${text}` : text, ...actions);
  if (chosen === 'Show Log') log.show(true);
  if (chosen === 'What Was Found') await commands.executeCommand('speckitAuto.doctor');
  if (chosen === 'Open speckit.toml') await openFile('speckit.toml');
}

async function openFile(name: string): Promise<void> {
  const [found] = await workspace.findFiles(name, undefined, 1);
  if (found !== undefined) await window.showTextDocument(found);
}

/** Opens a link of a rendered document after the person agreed (VS Code asks); only the web's own schemes. */
export async function openLink(url: string): Promise<void> {
  const address = webAddress(url);
  if (address !== undefined) await env.openExternal(Uri.parse(address, true));
}
