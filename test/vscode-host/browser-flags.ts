/**
 * Chromium flags for tests. The sandbox is off because containers forbid it; the browser only loads pages from loopback.
 * The other flags turn off background network requests.
 */
export const browserFlags: readonly string[] = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
