import { mkdir, readdir, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { counted } from '../base/counted.ts';
import { sha256 } from '../base/hash.ts';
import type { Json } from '../base/json.ts';
import { droppedBlobs } from '../core/run/capture.ts';
import { exportedEvent, EXPORT_CONTENT_DOCS, EXPORT_CONTENTS, type ExportContent } from '../core/run/exported.ts';
import { withoutPlaceNames } from '../core/run/placeNames.ts';
import { createBlobStore } from '../node/log/blobStore.ts';
import { isMissing } from '../node/repositoryPath.ts';
import { openRedaction } from './openRedaction.ts';
import { openRun } from './openRun.ts';
import { CommandProblem } from './problem.ts';
import { openRepository, readableConfiguration, type Services } from './services.ts';

/** Where to, and which contents beside the facts. `to` is absolute or relative to the host's folder, and is made. */
export interface ExportRequest {
  readonly to: string;
  readonly include: readonly string[];
}

/** What was written. `leftOut`: what stayed here, how often, and why. */
export interface ExportReport {
  readonly folder: string;
  readonly events: number;
  readonly texts: number;
  readonly leftOut: readonly { readonly what: string; readonly count: number; readonly why: string }[];
}

/** The version of an export's layout. */
const FORMAT = 1;

/**
 * Writes what is named of a run into a new folder: `events.jsonl`, `texts/` with the texts that events refer to by their SHA-256, and `export.json`, which
 * says what was left out. All of it is redacted once more, and tells no absolute path and no name of a person. The log itself is not touched.
 * Throws a CommandProblem for a folder that holds something, and for a content that does not exist.
 */
export async function exportRun(services: Services, runId: string, request: ExportRequest): Promise<ExportReport> {
  const contents = contentsOf(request.include);
  const repository = await openRepository(services);
  const { events, folder: runFolder } = await openRun(repository.commonDir, runId);
  const folder = path.resolve(services.host.folder, request.to);
  await makeEmpty(folder, request.to);
  const clean = await cleaner(services, repository);
  const blobs = createBlobStore(path.join(runFolder, 'blobs'));
  const texts = new Map<string, string>();
  const gone = droppedBlobs(events);
  /** A reference to a text of the run as a reference to the text that goes out. */
  const cleaned = async (value: Json): Promise<Json> => {
    if (typeof value === 'string') return clean(value);
    if (typeof value !== 'object' || value === null) return value;
    if (isList(value)) return Promise.all(value.map((item) => cleaned(item)));
    if (isReference(value)) {
      // What is not there any more cannot be cleaned, and its hash says nothing that the log's own line does not.
      if (gone.has(value.sha256)) return { ...value, gone: true };
      const text = clean(await blobs.get(value));
      const hash = sha256(text);
      texts.set(hash, text);
      return { sha256: hash, bytes: Buffer.byteLength(text) };
    }
    const members = Object.entries(value).map(async ([name, member]) => [name, await cleaned(member)] as const);
    return Object.fromEntries(await Promise.all(members));
  };
  const withheld = new Map<string, number>();
  const lines: string[] = [];
  for (const event of events) {
    const line = exportedEvent(event, contents);
    for (const what of line.withheld) withheld.set(what, (withheld.get(what) ?? 0) + 1);
    if (line.event === undefined) continue;
    lines.push(`${JSON.stringify({ ...line.event, payload: await cleaned(line.event.payload) })}\n`);
  }
  const leftOut = [...withheld].map(([what, count]) => ({ what, count, why: whyLeftOut(what) }));
  await writeFile(path.join(folder, 'events.jsonl'), lines.join(''));
  if (texts.size > 0) await mkdir(path.join(folder, 'texts'));
  for (const [hash, text] of texts) await writeFile(path.join(folder, 'texts', hash), text);
  const about = {
    format: FORMAT,
    run: runId,
    program: services.host.program,
    contents: [...contents],
    events: lines.length,
  };
  const note = 'Redacted; without absolute paths and names of persons. Hashes of the log do not hold for these lines.';
  await writeFile(path.join(folder, 'export.json'), `${JSON.stringify({ ...about, note, leftOut }, null, 2)}\n`);
  return { folder, events: lines.length, texts: texts.size, leftOut };
}

function contentsOf(include: readonly string[]): ReadonlySet<ExportContent> {
  const unknown = include.filter((name) => !EXPORT_CONTENTS.some((content) => content === name));
  if (unknown.length > 0)
    throw new CommandProblem(
      'usage',
      `There is nothing called ${unknown.join(', ')} to export. There is: ${EXPORT_CONTENTS.join(', ')}.`,
    );
  return new Set(EXPORT_CONTENTS.filter((content) => include.includes(content)));
}

function whyLeftOut(what: string): string {
  const content = EXPORT_CONTENTS.find((name) => name === what);
  return content === undefined
    ? 'never exported: it tells of this computer, of a person, or what resuming needs'
    : `${EXPORT_CONTENT_DOCS[content]}; --include ${content} takes it in`;
}

async function makeEmpty(folder: string, asked: string): Promise<void> {
  const present = await readdir(folder).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw new CommandProblem('usage', `${asked} is no folder that can be written.`);
  });
  if (present.length > 0)
    throw new CommandProblem(
      'usage',
      `${asked} holds ${counted(present.length, 'file')} already. Name a new or an empty folder.`,
    );
  await mkdir(folder, { recursive: true });
}

/** Redaction as it knows secrets now, then the names of places and persons. */
async function cleaner(
  services: Services,
  repository: Awaited<ReturnType<typeof openRepository>>,
): Promise<(text: string) => string> {
  const configuration = await readableConfiguration(services, repository);
  const redaction = await openRedaction(services.host, repository.root, configuration);
  const account = os.userInfo().username;
  const { person, environment } = services.host;
  const names = withoutPlaceNames({
    repository: repository.root,
    home: environment['HOME'] ?? os.homedir(),
    persons: [person, ...person.split(/[\s<>@,]+/), account, os.hostname()].filter((name) => name !== 'root'),
  });
  return (text) => names(redaction.text(text));
}

function isReference(value: {
  readonly [name: string]: Json;
}): value is { readonly sha256: string; readonly bytes: number } {
  const { sha256: hash, bytes, ...rest } = value;
  return typeof hash === 'string' && typeof bytes === 'number' && Object.keys(rest).length === 0;
}

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);
