import { inflateRawSync } from 'node:zlib';

/** One file in a zip archive. Sizes are bytes. */
export interface ZipEntry {
  readonly name: string;
  readonly size: number;
  readonly packedSize: number;
  content(): Buffer;
}

const END_OF_DIRECTORY = 0x06054b50;
const END_LENGTH = 22;
const DIRECTORY_LENGTH = 46;
const LOCAL_LENGTH = 30;
const STORED = 0;

/** The files of an archive by its central directory (APPNOTE.TXT 4.3.12 and 4.3.16). Reads no zip64 and throws when there is no directory. */
export function zipEntries(archive: Buffer): readonly ZipEntry[] {
  let end = archive.length - END_LENGTH;
  while (end >= 0 && archive.readUInt32LE(end) !== END_OF_DIRECTORY) end -= 1;
  if (end < 0) throw new Error('not a zip archive');
  const entries: ZipEntry[] = [];
  let at = archive.readUInt32LE(end + 16);
  for (let left = archive.readUInt16LE(end + 10); left > 0; left -= 1) {
    const nameLength = archive.readUInt16LE(at + 28);
    const entry = entryAt(archive, at, nameLength);
    if (!entry.name.endsWith('/')) entries.push(entry);
    at += DIRECTORY_LENGTH + nameLength + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
  }
  return entries;
}

function entryAt(archive: Buffer, at: number, nameLength: number): ZipEntry {
  const packedSize = archive.readUInt32LE(at + 20);
  const local = archive.readUInt32LE(at + 42);
  return {
    name: archive.toString('utf8', at + DIRECTORY_LENGTH, at + DIRECTORY_LENGTH + nameLength),
    size: archive.readUInt32LE(at + 24),
    packedSize,
    content: () => {
      const start = local + LOCAL_LENGTH + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
      const packed = archive.subarray(start, start + packedSize);
      return archive.readUInt16LE(at + 10) === STORED ? packed : inflateRawSync(packed);
    },
  };
}
