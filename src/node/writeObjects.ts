import { createHash, randomBytes } from 'node:crypto';
import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { deflate, deflateSync } from 'node:zlib';
import type { TreeGit } from './gitObjects.ts';
import { idOfObject, type ObjectKind } from './treeListing.ts';

const deflated = promisify(deflate);

/** An object that is to be written. */
export interface NewObject {
  readonly id: string;
  readonly kind: ObjectKind;
  readonly bytes: Buffer;
}

/** The object with its id; `like` is another id of the same repository. */
export const newObject = (like: string, kind: ObjectKind, bytes: Buffer): NewObject => ({
  id: idOfObject(like, kind, bytes),
  kind,
  bytes,
});

/** Where objects are written: a repository's store, and git at work over it. */
export interface ObjectStore {
  readonly objectsDir: string;
  readonly git: TreeGit;
}

/**
 * Writes objects as git does, a file each, without the process that git would be: a run writes a few with every patch. A store that several users share
 * (its folder hands its group on) is left to git, which knows who is to read what. Format: gitformat-loose-object.
 */
export async function writeObjects({ objectsDir, git }: ObjectStore, objects: readonly NewObject[]): Promise<void> {
  if (objects.length === 0) return;
  if (await isShared(objectsDir)) await git(['unpack-objects', '-q'], { input: packOf(objects) });
  else await Promise.all(objects.map((object) => writeLoose(objectsDir, object)));
}

const SET_GROUP = 0o2000;

async function isShared(objectsDir: string): Promise<boolean> {
  return ((await stat(objectsDir)).mode & SET_GROUP) !== 0;
}

async function writeLoose(objectsDir: string, { id, kind, bytes }: NewObject): Promise<void> {
  const folder = join(objectsDir, id.slice(0, 2));
  const header = Buffer.from(`${kind} ${bytes.length}\0`, 'ascii');
  await mkdir(folder, { recursive: true });
  // Under the name by which git finds what a crash left behind.
  const temporary = join(folder, `tmp_obj_${randomBytes(6).toString('hex')}`);
  try {
    await writeFile(temporary, await deflated(Buffer.concat([header, bytes])), { flag: 'wx', mode: 0o444 });
    await rename(temporary, join(folder, id.slice(2)));
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** The objects as a pack for `git unpack-objects`, closed by the hash that their ids are made with. Format: gitformat-pack(5), version 2. */
function packOf(objects: readonly NewObject[]): Buffer {
  const header = Buffer.from('PACK\0\0\0\x02\0\0\0\0', 'latin1');
  header.writeUInt32BE(objects.length, 8);
  const body = Buffer.concat([
    header,
    ...objects.flatMap(({ kind, bytes }) => [objectHeader(kind, bytes.length), deflateSync(bytes)]),
  ]);
  return Buffer.concat([
    body,
    createHash(objects[0]?.id.length === 64 ? 'sha256' : 'sha1')
      .update(body)
      .digest(),
  ]);
}

const PACK_KINDS: Readonly<Record<ObjectKind, number>> = { commit: 1, tree: 2, blob: 3 };

/** Three bits of type, then the size in little-endian groups of seven bits, of which the first byte holds only four. */
function objectHeader(kind: NewObject['kind'], size: number): Buffer {
  const bytes = [(PACK_KINDS[kind] << 4) | (size & 15)];
  for (let rest = Math.floor(size / 16); rest > 0; rest = Math.floor(rest / 128)) {
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) | 0x80;
    bytes.push(rest & 0x7f);
  }
  return Buffer.from(bytes);
}
