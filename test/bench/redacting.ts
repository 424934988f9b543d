import { createRedactor } from '../../src/core/api/redaction.ts';
import { measure, printRatio } from './measure.ts';

const CHARACTERS = 64 * 1024;

/** That redaction takes twice as long for twice the text: a ratio near 2, for text that is as hostile as it can be. */
export async function benchRedacting(): Promise<void> {
  const redactor = createRedactor();
  for (let index = 0; index < 1000; index += 1) {
    redactor.remember(`https://hooks.example.com/services/${index}/secret-part-number-${index}`);
  }
  const redact = async (what: string, text: string) =>
    measure(`redacting ${text.length / 1024} kB of ${what}`, () => redactor.redact(text, text.length));
  for (const [what, unit] of [
    ['a.a.a.', 'a.'],
    ['starts of URLs', 'a://'],
    ['percent signs', '%25'],
    ['secrets but for their ends', 'secret-part-number-'],
  ] as const) {
    const text = unit.repeat(Math.ceil((2 * CHARACTERS) / unit.length));
    printRatio(await redact(what, text.slice(0, 2 * CHARACTERS)), await redact(what, text.slice(0, CHARACTERS)));
  }
}
