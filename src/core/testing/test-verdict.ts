import { type Advice, readAnswer } from '../model/destination-types/answer.ts';
import type { DestinationType, KnownService } from '../model/destination-types/destination-type.ts';
import { parseUrl } from '../model/parse-url.ts';

/** A complete answer. `url` is the URL that was called. */
export type ReceivedAnswer = { readonly status: number; readonly text: string; readonly url?: string };

/** The result of a test, by the rule of the destination type. */
export type Verdict =
  | { readonly kind: 'accepted' }
  | {
      /** `unclear`: the answer does not show whether the receiver accepted the test. */
      readonly kind: 'refused' | 'unclear';
      /** The receiver's own explanation; empty without one. */
      readonly reason: string;
      readonly advice?: Advice;
      /** The known service that the host belongs to, if it has no destination type. */
      readonly service?: KnownService;
    };

const LONGEST_REASON = 200;

/**
 * Evaluates an answer: its status first, then the rule of its type. `redact` runs before the reason is shortened,
 * because the redactor cannot recognize half a secret.
 */
export function judgeAnswer(
  type: DestinationType,
  { status, text, url: address = '' }: ReceivedAnswer,
  redact: (words: string) => string,
): Verdict {
  const answer = readAnswer(text);
  const url = parseUrl(address);
  const kind = status >= 200 && status < 300 ? type.judge(answer, url) : 'refused';
  if (kind === 'accepted') {
    return { kind };
  }
  const service = url && type.serviceAt?.(url);
  const advice = type.adviceOn?.(answer);
  return {
    kind,
    reason: shorten(redact(toLine(type.reasonOf(answer)))),
    ...(advice ? { advice } : {}),
    ...(service ? { service } : {}),
  };
}

/** Reduces untrusted text of a receiver to one line of plain text. */
function toLine(text: string): string {
  return toPlainText(text).replaceAll(/\s+/g, ' ').trim();
}

/** Half of a character at the end is removed as well. */
function shorten(line: string): string {
  return line.length > LONGEST_REASON ? `${toPlainText(line.slice(0, LONGEST_REASON))}…` : line;
}

/**
 * Removes control characters except line breaks and tabs, characters that change the text direction, and lone surrogates.
 */
export function toPlainText(text: string): string {
  return text.replaceAll(/\r\n?/g, '\n').replaceAll(/[^\P{C}\n\t]/gu, '');
}

/** The first lines of an answer, to show. */
export function firstLines(text: string, lines = 20, characters = 2000): string {
  const all = toPlainText(text).split('\n');
  const shown = all.slice(0, lines).join('\n');
  const cut = toPlainText(shown.slice(0, characters));
  return all.length > lines || shown.length > characters ? `${cut}\n…` : cut;
}
