import { redactPatterns } from '../api/redaction.ts';
import { readAnswer } from '../model/destination-types/answer.ts';
import type { DestinationType } from '../model/destination-types/destination-type.ts';

/** Whether the receiver took a test, by its type's own rule, and where it did not, why in its own words. */
export type Verdict = { readonly ok: true } | { readonly ok: false; readonly reason: string };

const LONGEST_REASON = 200;

/**
 * Judges an answer: its status first, then its type's own rule. `redact` gets the reason before it is cut short, since
 * half a secret is no longer known as one.
 */
export function judgeAnswer(
  type: DestinationType,
  status: number,
  text: string,
  redact: (words: string) => string = redactPatterns,
): Verdict {
  const answer = readAnswer(text);
  return status >= 200 && status < 300 && type.accepts(answer)
    ? { ok: true }
    : { ok: false, reason: shorten(redact(toLine(type.reasonOf(answer)))) };
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
