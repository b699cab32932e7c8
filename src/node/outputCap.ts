/** What is left of a text that may be longer than anybody wants to keep. */
export interface CappedOutput {
  readonly output: string;
  readonly omittedBytes: number;
}

export interface OutputCap {
  add(text: string): void;
  end(): CappedOutput;
}

/**
 * Keeps at most `capBytes` of what is added: the first third and the last two thirds, with one line between them that says how many
 * bytes were left out (that line is not counted). Cuts fall between characters, so up to 3 bytes more than needed are left out at a cut.
 * Memory stays at `capBytes`, however much is added.
 */
export function createOutputCap(capBytes: number): OutputCap {
  const headLimit = Math.floor(capBytes / 3);
  const tailLimit = capBytes - headLimit;
  const head: Buffer[] = [];
  let headBytes = 0;
  let tail: Buffer = Buffer.alloc(0);
  let tailSeen = 0;

  const addToTail = (bytes: Buffer): void => {
    tailSeen += bytes.length;
    if (tailLimit === 0) return;
    if (tail.length === 0) tail = Buffer.alloc(tailLimit);
    const kept = bytes.subarray(Math.max(0, bytes.length - tailLimit));
    const start = (tailSeen - kept.length) % tailLimit;
    const untilEdge = Math.min(kept.length, tailLimit - start);
    kept.copy(tail, start, 0, untilEdge);
    kept.copy(tail, 0, untilEdge);
  };

  return {
    add: (text) => {
      const bytes = Buffer.from(text, 'utf8');
      const forHead = bytes.subarray(0, headLimit - headBytes);
      if (forHead.length > 0) head.push(Buffer.from(forHead));
      headBytes += forHead.length;
      if (bytes.length > forHead.length) addToTail(bytes.subarray(forHead.length));
    },
    end: () => {
      const first = Buffer.concat(head);
      if (tailSeen <= tailLimit) {
        return { output: Buffer.concat([first, tail.subarray(0, tailSeen)]).toString('utf8'), omittedBytes: 0 };
      }
      const edge = tailLimit === 0 ? 0 : tailSeen % tailLimit;
      const last = withoutCutStart(Buffer.concat([tail.subarray(edge), tail.subarray(0, edge)]));
      const whole = withoutCutEnd(first);
      const omittedBytes = headBytes + tailSeen - whole.length - last.length;
      return {
        output: `${whole.toString('utf8')}\n[${omittedBytes} bytes left out]\n${last.toString('utf8')}`,
        omittedBytes,
      };
    },
  };
}

/** True for the second and later bytes of a character (10xxxxxx). */
function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}

function withoutCutStart(bytes: Buffer): Buffer {
  let start = 0;
  while (isContinuation(bytes[start])) start += 1;
  return bytes.subarray(start);
}

function withoutCutEnd(bytes: Buffer): Buffer {
  let lead = bytes.length - 1;
  while (isContinuation(bytes[lead])) lead -= 1;
  const first = bytes[lead];
  if (first === undefined) return bytes;
  const length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  return lead + length <= bytes.length ? bytes : bytes.subarray(0, lead);
}
