import { type Advice, readAnswer } from '../model/destination-types/answer.ts';
import type { DestinationType, KnownService } from '../model/destination-types/destination-type.ts';

/** An answer that was read whole. `url` is the URL that was called. */
export type ReceivedAnswer = { readonly status: number; readonly text: string; readonly url?: string };

/** What the receiver did with a test, by its type's own rule. */
export type Verdict =
  | { readonly kind: 'accepted' }
  | {
      /** `unclear`: the answer does not tell whether the receiver did anything. */
      readonly kind: 'refused' | 'unclear';
      /** Why, in the words of the receiver; empty where it has none. */
      readonly reason: string;
      readonly advice?: Advice;
      /** Where the host belongs to a service that is not a type of its own. */
      readonly service?: KnownService;
    };

const LONGEST_REASON = 200;

/**
 * Judges an answer: its status first, then its type's own rule. `redact` gets the reason before it is cut short, since
 * half a secret is no longer known as one.
 */
export function judgeAnswer(
  type: DestinationType,
  { status, text, url: address = '' }: ReceivedAnswer,
  redact: (words: string) => string,
): Verdict {
  const answer = readAnswer(text);
  const url = URL.canParse(address) ? new URL(address) : undefined;
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

/** One line of plain text: what a receiver says is untrusted. */
function toLine(text: string): string {
  return toPlainText(text).replaceAll(/\s+/g, ' ').trim();
}

function shorten(line: string): string {
  return line.length > LONGEST_REASON ? `${line.slice(0, LONGEST_REASON)}…` : line;
}

/** Without control characters, but for line breaks and tabs, and without what turns the direction of text around. */
export function toPlainText(text: string): string {
  return text.replaceAll(/\r\n?/g, '\n').replaceAll(/[^\P{C}\n\t]/gu, '');
}

/** The first lines of an answer, to show. */
export function firstLines(text: string, lines = 20, characters = 2000): string {
  const all = toPlainText(text).split('\n');
  const shown = all.slice(0, lines).join('\n');
  const cut = shown.slice(0, characters);
  return all.length > lines || shown.length > characters ? `${cut}\n…` : cut;
}
