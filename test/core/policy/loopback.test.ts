import assert from 'node:assert/strict';
import { isLoopback, isThisMachine } from '../../../src/core/policy/loopback.ts';

/** As the parser of URLs writes it, whether it is this machine alone, and whether what is sent there arrives here. */
const ROWS: readonly (readonly [url: string, isAlone: boolean, isHere: boolean])[] = [
  ['http://localhost:1', true, true],
  ['http://127.0.0.1:1', true, true],
  ['http://127.9.8.7:1', true, true],
  ['http://2130706433:1', true, true],
  ['http://[::1]:1', true, true],
  ['http://0.0.0.0:1', false, true],
  ['http://0:1', false, true],
  ['http://[::]:1', false, true],
  ['http://127.0.0.1.example:1', false, false],
  ['http://gpu-box:1', false, false],
  ['http://192.168.0.2:1', false, false],
];

describe('a host name', () => {
  for (const [url, isAlone, isHere] of ROWS)
    it(`${url} is ${isAlone ? 'this machine alone' : isHere ? 'this machine and open to others' : 'another machine'}`, () => {
      const { hostname } = new URL(url);
      assert.deepEqual([isLoopback(hostname), isThisMachine(hostname)], [isAlone, isHere]);
    });
});
