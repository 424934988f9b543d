import type { DayState } from '../core/monitoring/timeline.ts';
import { makeSvg } from './dom.ts';

/** One day of the strip. `text`: the localized sentence about the day. */
export type StripDay = { readonly state: DayState; readonly text: string };

/** The width of a day and the height of the strip in SVG units. A chart below with the same width per day is aligned. */
export const DAY_WIDTH = 10;
export const STRIP_HEIGHT = 18;

/**
 * The outline of a day by its state, relative to the left edge of the day. Every state has its own shape, so that no
 * state is told by its color alone.
 */
const SHAPES: Readonly<Record<Exclude<DayState, 'both'>, string>> = {
  // A bar of full height.
  delivered: 'm1 0h8v18h-8z',
  // A bar with a notch in its top and its bottom.
  failed: 'm1 0l4 5l4 -5v18l-4 -5l-4 5z',
  // A short tick.
  quiet: 'm1 8h8v2h-8z',
  // A hollow dot.
  unknown: 'm3 9a2 2 0 1 0 4 0a2 2 0 1 0 -4 0z',
};

/** A day with both: delivered in the upper half, failed in the lower half. */
const BOTH = { delivered: 'm1 0h8v8h-8z', failed: 'm1 10h8v8l-4 -5l-4 5z' };

/**
 * The strip of some days, oldest first, as one image without listeners. Its few nodes are a path per state, and a
 * transparent rectangle per day, of class `day`, for the tooltip. `media/shared/strip.css` has the colors.
 */
export function drawStrip(days: readonly StripDay[], { label }: { readonly label: string }): SVGElement {
  const paths = new Map<string, string>();
  const add = (name: string, index: number, shape: string): void => {
    paths.set(name, `${paths.get(name) ?? ''}M${index * DAY_WIDTH} 0${shape}`);
  };
  for (const [index, { state }] of days.entries()) {
    if (state === 'both') {
      add('delivered', index, BOTH.delivered);
      add('failed', index, BOTH.failed);
    } else {
      add(state, index, SHAPES[state]);
    }
  }
  return makeSvg(
    'svg',
    {
      class: 'strip',
      role: 'img',
      'aria-label': label,
      viewBox: `0 0 ${days.length * DAY_WIDTH} ${STRIP_HEIGHT}`,
    },
    ...[...paths].map(([name, d]) => makeSvg('path', { class: name, d })),
    ...days.map(({ text }, index) =>
      makeSvg(
        'rect',
        {
          class: 'day',
          x: String(index * DAY_WIDTH),
          y: '0',
          width: String(DAY_WIDTH),
          height: String(STRIP_HEIGHT),
        },
        makeSvg('title', {}, text),
      ),
    ),
  );
}
