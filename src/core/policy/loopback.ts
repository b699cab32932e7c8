/** Whether a host name is this machine alone. The parser of URLs has written every form of an IPv4 address as four numbers by now. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

/**
 * Whether a connection to a host name ends at this machine: its loopback, and the addresses that stand for all of its own (0.0.0.0 and [::]), which others
 * reach too. What is sent there arrives here; that nobody else is meant, only `isLoopback` says.
 */
export function isThisMachine(hostname: string): boolean {
  return isLoopback(hostname) || hostname === '0.0.0.0' || hostname === '[::]';
}
