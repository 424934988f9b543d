/** Longest text from outside that is shown in one place, in characters. */
const LONGEST_SHOWN = 2000;
/** Longest name that is shown, so that a name never cuts off the sentence around it. */
const LONGEST_NAME = 200;

/**
 * Control characters, and characters that have no shape of their own: bidirectional controls, zero-width characters,
 * lone surrogates (Unicode general categories Cc, Cf and Cs, and the property Default_Ignorable_Code_Point). Line breaks
 * and tabs are not among them.
 */
const INVISIBLE = /[^\P{Cc}\n\r\t]|[\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}]/gu;

/** The text without control, bidirectional and zero-width characters; line breaks and tabs stay. */
export function removeInvisible(text: string): string {
  return text.replaceAll(INVISIBLE, '');
}

/**
 * One line of text from outside, for any place that shows text as it is: without control, bidirectional and zero-width
 * characters, line breaks as spaces, and no longer than `most` characters. Each sink adds its own escape for links,
 * icons or Markdown.
 */
export function plain(text: string, most = LONGEST_SHOWN): string {
  // Cut before the rest, so that the work is bounded too; the part that is cut off is never shown.
  const isCut = text.length > most;
  const line = removeInvisible(isCut ? text.slice(0, most) : text).replaceAll(/[\s\u0085]+/g, ' ');
  return isCut ? `${line}…` : line;
}

/** A name from outside for display, never for a comparison or a request. Empty if nothing of it is visible. */
export function plainName(name: string): string {
  return plain(name, LONGEST_NAME).trim();
}
