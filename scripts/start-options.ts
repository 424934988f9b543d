import { parseArgs } from 'node:util';
import { parseBaseUrl } from '../src/core/api/base-url.ts';
import { HostError } from '../test/vscode-host/host-error.ts';

/** What `npm start` was asked for. */
export interface StartOptions {
  /** The port VS Code is served on. */
  readonly port: number;
  /** The API to talk to; undefined stands for a fake one that is started along. */
  readonly apiBaseUrl: string | undefined;
  /** Whether to open the address in the user's browser. */
  readonly open: boolean;
  /** Whether to use the `code` on the PATH instead of the VS Code from npm. */
  readonly desktop: boolean;
  readonly help: boolean;
}

export const usage = `Usage: npm start [-- options]
  --no-open             print the address, open no browser
  --port N              serve VS Code on this port (8137, or 8138 with an API of yours)
  --api-base-url URL    talk to this API instead of a fake one, as https://api.cloudflare.com/client/v4
  --desktop             use the desktop VS Code whose "code" is on the PATH`;

/**
 * Fixed, so that the browser finds the secrets of the last run: it keeps them per address. Another one for an API of
 * the user's own, which must never get to see what was entered for the fake one, nor the other way round.
 */
const demoPort = 8137;
const ownPort = 8138;

/** @throws HostError with one sentence and the usage when an option is unknown or its value makes no sense */
export function parseStartOptions(args: readonly string[]): StartOptions {
  const { values } = parse(args);
  const apiBaseUrl = values['api-base-url'] === undefined ? undefined : parseApiBaseUrl(values['api-base-url']);
  return {
    port: values.port === undefined ? (apiBaseUrl === undefined ? demoPort : ownPort) : parsePort(values.port),
    apiBaseUrl,
    open: values['no-open'] !== true,
    desktop: values.desktop === true,
    help: values.help === true,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        'no-open': { type: 'boolean' },
        port: { type: 'string' },
        'api-base-url': { type: 'string' },
        desktop: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    // Node goes on with advice about positional arguments, which there are none of here.
    const [sentence = 'These options make no sense'] = error instanceof Error ? error.message.split(/\.\s/) : [];
    throw refuse(sentence.replace(/\.$/, ''));
  }
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port < 1 || port > 65_535) {
    throw refuse(`--port takes a number from 1 to 65535, not "${text}"`);
  }
  return port;
}

function parseApiBaseUrl(text: string): string {
  const parsed = parseBaseUrl(text);
  if (!parsed.ok) {
    throw refuse(`--api-base-url takes an https address (http only on this machine), not "${text}"`);
  }
  return parsed.url;
}

function refuse(sentence: string): HostError {
  return new HostError(`${sentence}.\n${usage}`);
}
