import { connect } from 'node:net';
import { readFile } from 'node:fs/promises';

/** How long a connection on this computer may take. */
const CONNECT_MS = 1_000;

/** Whether anything accepts connections at a URL's host and port, whatever it speaks. */
export async function isPortOpen(url: string): Promise<boolean> {
  const { hostname, port, protocol } = new URL(url);
  const host = hostname.replaceAll(/^\[|\]$/g, '');
  return new Promise((resolve) => {
    const socket = connect({ host, port: port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port) });
    const settle = (isOpen: boolean): void => {
      socket.destroy();
      resolve(isOpen);
    };
    socket.setTimeout(CONNECT_MS, () => settle(false));
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false));
  });
}

/**
 * Whether a socket of this computer listens on the port on another address than loopback (proc_net_tcp: addresses are hexadecimal in the order of the
 * processor, state 0A is LISTEN). False where there is no /proc: then only the command's words tell.
 */
export async function isOpenToAll(port: number): Promise<boolean> {
  const tables = await Promise.all(
    ['/proc/net/tcp', '/proc/net/tcp6'].map((file) => readFile(file, 'utf8').catch(() => '')),
  );
  return tables.some((table) => listensForOthers(table, port));
}

/** The same of one table's text. */
export function listensForOthers(table: string, port: number): boolean {
  const ending = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return table
    .split('\n')
    .slice(1)
    .some((line) => {
      const [, local = '', , state] = line.trim().split(/\s+/);
      return state === '0A' && local.endsWith(ending) && !LOOPBACK.test(local);
    });
}

/** 127.x.x.x, ::1, and 127.x.x.x written as IPv6. */
const LOOPBACK = /^(?:[0-9A-F]{6}7F|0{24}01000000|0{16}FFFF0000[0-9A-F]{6}7F):/;
