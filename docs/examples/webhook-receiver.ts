// Receives alerts of Cloudflare in Node 22.18 or newer: WEBHOOK_SECRET=… node webhook-receiver.ts
// Cloudflare delivers only to public hosts on port 80 or 443, so run it behind a proxy or a tunnel.
import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type Server } from 'node:http';

type Alert = { readonly [field: string]: unknown };
const LARGEST_BODY = 256 * 1024;
const hash = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Calls `handle` once for each state of an alert, after the response. Remembers the last `most` states. */
export function createReceiver(secret: string, handle: (alert: Alert) => unknown, most = 10_000): Server {
  const seen = new Set<string>();
  return createServer(async (request, response) => {
    const auth = request.headers['cf-webhook-auth'];
    // Hashes have the same length, so the comparison takes the same time for every value.
    if (typeof auth !== 'string' || !timingSafeEqual(hash(auth), hash(secret))) {
      response.writeHead(401).end();
      return;
    }
    try {
      const alert: Alert | null = JSON.parse(await readBody(request));
      if (typeof alert !== 'object' || alert === null) throw new TypeError('The body is not an object');
      response.writeHead(200).end();
      // Cloudflare can deliver an alert more than once. Its own test has only the field `text`.
      const key = JSON.stringify([alert['alert_correlation_id'], alert['alert_event']]);
      if (alert['alert_correlation_id'] === undefined || !seen.has(key)) {
        const [oldest = ''] = seen.add(key);
        if (seen.size > most) seen.delete(oldest);
        await handle(alert);
      }
    } catch (error) {
      if (!response.headersSent) response.writeHead(error instanceof RangeError ? 413 : 400).end();
      else console.error('Could not handle the alert', error);
    }
  });
}

async function readBody(request: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size <= LARGEST_BODY) chunks.push(chunk);
  }
  if (size > LARGEST_BODY) throw new RangeError('The body is too large');
  return Buffer.concat(chunks).toString('utf8');
}

const { WEBHOOK_SECRET } = process.env;
if (WEBHOOK_SECRET && process.argv[1] === import.meta.filename) {
  createReceiver(WEBHOOK_SECRET, (alert) => console.log(alert['alert_event'], alert['text'])).listen(8080);
}
