// An API that answers every list of destinations with 40 of them after a while: `node slow-server.ts <latency>`.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { makeDestinationsBody } from './bodies.ts';

const latency = Number(process.argv[2] ?? 50);
const server = createServer((request, response) => {
  const account = Number(/accounts\/(\d+)/.exec(request.url ?? '')?.[1] ?? 0);
  setTimeout(() => {
    response.setHeader('content-type', 'application/json');
    response.end(makeDestinationsBody({ count: 40, account }));
  }, latency);
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
process.on('disconnect', () => process.exit(0));
