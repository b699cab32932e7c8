/** Whether a host name is this machine alone. The parser of URLs has written every form of an IPv4 address as four numbers by now. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
