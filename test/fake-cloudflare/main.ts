import { parseArgs } from 'node:util';
import { demoTokens } from './demo-tokens.ts';
import { startFakeCloudflare } from './server.ts';

/** Runs only the fake until Ctrl+C. Usage: `node test/fake-cloudflare/main.ts [--port N] [--seed demo|empty]`. */

const { values } = parseArgs({
  options: { port: { type: 'string', default: '0' }, seed: { type: 'string', default: 'demo' } },
});
const fake = await startFakeCloudflare({
  port: Number(values.port),
  seed: values.seed === 'empty' ? 'empty' : 'demo',
});

console.log(`API        ${fake.baseUrl}`);
console.log(`Control    ${fake.controlUrl}`);
console.log(`Receivers  ${fake.receiversUrl}`);
console.log('Tokens');
for (const [name, value] of Object.entries(demoTokens)) console.log(`  ${name.padEnd(13)} ${value}`);
