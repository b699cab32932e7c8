import { deflateRawSync, inflateRawSync } from 'node:zlib';

/*
 * A ZIP file written again as small as ZIP allows: the packer writes its entries as a stream, with their sizes behind them and times that nobody
 * reads, which costs some seventy bytes for each of two hundred files. Format: PKWARE's APPNOTE.TXT, without ZIP64 and encryption.
 */

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const END_BYTES = 22;
const DEFLATED = 8;

/**
 * The same entries in the same order, compressed at the highest level; names, dates, checksums and attributes stay.
 *
 * @param {Buffer} zip
 * @returns {Buffer}
 */
export function tightZip(zip) {
  const end = zip.lastIndexOf(Buffer.from('504b0506', 'hex'));
  const nEntries = zip.readUInt16LE(end + 10);
  const locals = [];
  const centrals = [];
  let from = zip.readUInt32LE(end + 16);
  let offset = 0;
  for (let index = 0; index < nEntries; index += 1) {
    if (zip.readUInt32LE(from) !== CENTRAL) throw new Error(`no entry of the ZIP file at byte ${from}`);
    const nameLength = zip.readUInt16LE(from + 28);
    const name = zip.subarray(from + 46, from + 46 + nameLength);
    const content = contentOf(zip, from);
    const packed = deflateRawSync(content, { level: 9 });
    // What versions, flags, method, date, checksum and sizes are, in the order both headers have them.
    const shared = Buffer.alloc(26);
    zip.copy(shared, 0, from + 6, from + 20);
    // UTF-8 names stay marked; sizes now stand in front.
    shared.writeUInt16LE(zip.readUInt16LE(from + 8) & 0x0800, 2);
    shared.writeUInt16LE(DEFLATED, 4);
    shared.writeUInt32LE(packed.length, 14);
    shared.writeUInt32LE(content.length, 18);
    shared.writeUInt16LE(nameLength, 22);
    locals.push(signed(LOCAL, shared), name, packed);
    const central = Buffer.alloc(42);
    zip.copy(central, 0, from + 4, from + 6);
    shared.copy(central, 2);
    central.writeUInt32LE(zip.readUInt32LE(from + 38), 34);
    central.writeUInt32LE(offset, 38);
    centrals.push(signed(CENTRAL, central), name);
    offset += 4 + shared.length + nameLength + packed.length;
    from += 46 + nameLength + zip.readUInt16LE(from + 30) + zip.readUInt16LE(from + 32);
  }
  const directory = Buffer.concat(centrals);
  const tail = Buffer.alloc(END_BYTES - 4);
  tail.writeUInt16LE(nEntries, 4);
  tail.writeUInt16LE(nEntries, 6);
  tail.writeUInt32LE(directory.length, 8);
  tail.writeUInt32LE(offset, 12);
  return Buffer.concat([...locals, directory, signed(END, tail)]);
}

function signed(signature, rest) {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(signature);
  return Buffer.concat([bytes, rest]);
}

function contentOf(zip, central) {
  const method = zip.readUInt16LE(central + 10);
  const local = zip.readUInt32LE(central + 42);
  const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
  const packed = zip.subarray(start, start + zip.readUInt32LE(central + 20));
  return method === DEFLATED ? inflateRawSync(packed) : packed;
}
