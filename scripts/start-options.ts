import { parseArgs } from 'node:util';
import { parseBaseUrl } from '../src/core/api/base-url.ts';
import { HostError } from '../test/vscode-host/host-error.ts';

/** The parsed command line of `npm start`. */
export interface StartOptions {
  /** The port that serves VS Code. */
  readonly port: number;
  /** Base URL of the Cloudflare API. If undefined, `npm start` runs a fake API. */
  readonly apiBaseUrl: string | undefined;
  /** Whether to open the URL in the default browser. */
  readonly open: boolean;
  /** Whether to use the `code` command on the PATH instead of the VS Code from npm. */
  readonly desktop: boolean;
  readonly help: boolean;
}

export const usage = `Usage: npm start [-- options]
  --no-open             print the address without opening a browser
  --port N              serve VS Code on port N (default: 8137, or 8138 with --api-base-url)
  --api-base-url URL    use this API instead of a fake one, for example https://api.cloudflare.com/client/v4
  --desktop             use the desktop VS Code whose "code" command is on the PATH
  -h, --help            print this help`;

/**
 * The browser stores secrets per origin, so a fixed port lets the next run load them. The real API has a separate port,
 * so that secrets entered for the fake API are never sent to the real one, or the reverse.
 */
const demoPort = 8137;
const realApiPort = 8138;

/** @throws HostError with one sentence and the usage if an option is unknown or its value is invalid */
export function parseStartOptions(args: readonly string[]): StartOptions {
  const { values } = parse(args);
  const apiBaseUrl = values['api-base-url'] === undefined ? undefined : parseApiBaseUrl(values['api-base-url']);
  return {
    port: values.port === undefined ? (apiBaseUrl === undefined ? demoPort : realApiPort) : parsePort(values.port),
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
    // Node's message continues with advice about positional arguments, which `npm start` does not accept.
    const [sentence = 'The options are not valid'] = error instanceof Error ? error.message.split(/\.\s/) : [];
    throw usageError(sentence.replace(/\.$/, ''));
  }
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port < 1 || port > 65_535) {
    throw usageError(`--port must be a number from 1 to 65535, but it is "${text}"`);
  }
  return port;
}

function parseApiBaseUrl(text: string): string {
  const parsed = parseBaseUrl(text);
  if (!parsed.ok) {
    throw usageError(`--api-base-url must be an https URL (http only for this machine), but it is "${text}"`);
  }
  return parsed.url;
}

function usageError(sentence: string): HostError {
  return new HostError(`${sentence}.\n${usage}`);
}
