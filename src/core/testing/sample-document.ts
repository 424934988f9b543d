import { toTestCurl } from '../formats/curl.ts';
import { type DestinationType, TEST_SENDER, type TestBody } from '../model/destination-types/destination-type.ts';
import { makeTestRequest } from '../model/destination-types/test-request.ts';
import {
  ABSENT_FIELDS,
  CLOUDFLARE_TEST,
  EXAMPLE_VALUES,
  type Fields,
  type Json,
  OTHER_ALERT,
  SAMPLE_ALERTS,
  type SampleAlert,
  SEEN_IN_EVERY_DATA,
  toPayload,
  toTestPayload,
} from './sample-payloads.ts';

/**
 * How sure a header or field is. `documented`: by Cloudflare. `seen`: recipients recorded it. `inferred`: the service
 * documents it, and it is not known whether Cloudflare uses it.
 */
export type Certainty = 'documented' | 'seen' | 'inferred';

/** An alert type with a sample, `other` for every other alert type, or `test` for the test that Cloudflare sends. */
export type SampleId = string;

export const SAMPLE_IDS: readonly SampleId[] = [...SAMPLE_ALERTS.map(({ alertType }) => alertType), 'other', 'test'];

/** The words of the user interface in a document. `intro` has one sentence per line. */
export type SampleWords = {
  readonly intro: readonly string[];
  readonly certainty: Readonly<Record<Certainty, string>>;
  readonly mayBeAbsent: string;
  /** Stands for the secret in a header. */
  readonly secret: string;
};

type Header = { readonly name: string; readonly value: string; readonly certainty: Certainty };

/** Undefined if there is no sample with this ID. */
export function findSample(id: SampleId): SampleAlert | undefined {
  return id === 'other' ? OTHER_ALERT : SAMPLE_ALERTS.find(({ alertType }) => alertType === id);
}

/**
 * A request of Cloudflare to a destination of this type as JSON with comments. The comments have the headers, and how
 * sure each field is.
 */
export function formatSample(id: SampleId, type: DestinationType, words: SampleWords): string {
  const headers = headersOf(type, words.secret).map(
    ({ name, value, certainty }) => `//   ${name}: ${value}  (${words.certainty[certainty]})`,
  );
  const lines = [...words.intro.map((line) => `// ${line}`.trim()), '//', '// POST', ...headers];
  return `${lines.join('\n')}\n${formatBody(id, type, words)}\n`;
}

function headersOf(type: DestinationType, secret: string): readonly Header[] {
  const headers = Object.entries(makeTestRequest(type, '', secret).headers);
  if (!type.hasDocumentedPayload) {
    return headers.map(([name, value]) => ({ name, value, certainty: 'inferred' }));
  }
  return [
    ...headers.map(([name, value]): Header => ({
      name,
      value,
      certainty: name === 'content-type' ? 'seen' : 'documented',
    })),
    ...SEEN_HEADERS,
  ];
}

/** Recorded by recipients of the documented payload. */
const SEEN_HEADERS: readonly Header[] = [
  { name: 'user-agent', value: 'Go-http-client/2.0', certainty: 'seen' },
  { name: 'cdn-loop', value: 'cloudflare; loops=1', certainty: 'seen' },
  { name: 'cf-worker', value: '<…>.workers.dev', certainty: 'seen' },
];

function formatBody(id: SampleId, type: DestinationType, words: SampleWords): string {
  const alert = findSample(id);
  if (!type.hasDocumentedPayload) {
    return formatFields(fillShape(type.test.body, alert?.text ?? CLOUDFLARE_TEST.text), () => words.certainty.inferred);
  }
  if (!alert) {
    return formatFields(CLOUDFLARE_TEST, () => words.certainty.documented);
  }
  const seen = { ...SEEN_IN_EVERY_DATA, ...alert.seenData };
  return formatFields(
    toPayload(alert, EXAMPLE_VALUES),
    (name, depth) =>
      depth === 0 && ABSENT_FIELDS.has(name)
        ? `${words.certainty.documented}, ${words.mayBeAbsent}`
        : words.certainty.documented,
    (name) => (name === 'data' ? commentOut(seen, words.certainty.seen) : []),
  );
}

/** The body that the service documents, with this text. The body of a test from this machine has the same shape. */
function fillShape(body: TestBody, text: string): Fields {
  const fill = (value: string | TestBody): Json => {
    if (typeof value === 'object') {
      return fillShape(value, text);
    }
    return value.startsWith(TEST_SENDER) ? text : value;
  };
  return Object.fromEntries(Object.entries(body).map(([name, value]) => [name, fill(value)]));
}

/** Formats an object with a comment at each field. `extra`: comment lines at the end of the object in a field. */
function formatFields(
  fields: Fields,
  note: (name: string, depth: number) => string,
  extra: (name: string) => readonly string[] = () => [],
): string {
  function toLines(value: Json, depth: number, comma: string, comment: string, more: readonly string[]): string[] {
    if (!isNested(value)) {
      return [`${JSON.stringify(value)}${comma}${comment}`];
    }
    const isList = !isFields(value);
    const [open, close] = isList ? ['[', ']'] : ['{', '}'];
    const lines = Object.entries(value).flatMap(([name, each], index, all) => {
      const [first = '', ...rest] = toLines(
        each,
        depth + 1,
        index < all.length - 1 ? ',' : '',
        isList ? '' : ` // ${note(name, depth)}`,
        isList ? [] : extra(name),
      );
      return [isList ? first : `${JSON.stringify(name)}: ${first}`, ...rest];
    });
    return [`${open}${comment}`, ...[...lines, ...more].map((line) => `  ${line}`), `${close}${comma}`];
  }
  return toLines(fields, 0, '', '', []).join('\n');
}

/** Whether a value takes several lines: an object, or a list of objects. */
function isNested(value: Json): value is Fields | readonly Json[] {
  return isFields(value) || (Array.isArray(value) && value.some(isFields));
}

function isFields(value: Json): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** One comment line for each field. */
function commentOut(fields: Fields, note: string): readonly string[] {
  return Object.entries(fields).map(
    ([name, value]) => `// ${JSON.stringify(name)}: ${JSON.stringify(value)} // ${note}`,
  );
}

/**
 * The sample as a curl command. The payload is marked as a test, because the receiver may treat it as a real alert.
 * `$WEBHOOK_URL` and `$CF_WEBHOOK_AUTH` are variables; `$WEBHOOK_SECRET` where the service has a header of its own.
 */
export function toSampleCurl(id: SampleId, type: DestinationType): string {
  const request = makeTestRequest(type, '', 'secret');
  if (!type.hasDocumentedPayload) {
    return toTestCurl(request);
  }
  const alert = findSample(id);
  const body = alert ? JSON.stringify(toTestPayload(alert, EXAMPLE_VALUES), undefined, 2) : request.body;
  return toTestCurl({ ...request, body }, 'CF_WEBHOOK_AUTH');
}
