import type { PanelTexts, PanelTimeline } from '../core/panel-protocol.ts';
import { createRegion, make, makeSvg } from './dom.ts';
import { DAY_WIDTH, drawStrip } from './strip.ts';

export type Timeline = { readonly elements: readonly HTMLElement[]; show(timeline: PanelTimeline): void };

type Days = PanelTimeline['days'];

const HEIGHT = 80;

/** The strip of the last days, the alerts of the same days below it, and both as a table. */
export function createTimeline(texts: PanelTexts): Timeline {
  const summary = make('p');
  const charts = make('div', { class: 'charts' });
  /** The words of the day that has the focus or the pointer. The day itself has them as its name. */
  const dayText = make('p', { class: 'day-text', 'aria-hidden': 'true' });
  const hint = make('p', { class: 'hint' }, texts.timelineHint);
  const alerts = make('p');
  const rows = make('div');
  const table = make('details', {}, make('summary', {}, texts.numbers), rows);
  /** The day that the arrow keys start from, counted from the end. */
  let fromEnd = 0;

  const drawCharts = createRegion<PanelTimeline>(charts, ({ summary: label, alerts: alertsLabel, days }) => [
    navigate(drawStrip(days, { label }), days),
    ...(days.some(({ alerts: count }) => count) ? [plot(days, alertsLabel)] : []),
    make(
      'div',
      { class: 'ends', 'aria-hidden': 'true' },
      make('span', {}, days[0]?.date ?? ''),
      make('span', {}, days.at(-1)?.date ?? ''),
    ),
  ]);
  const drawRows = createRegion<Days>(rows, (days) => [numbers(texts, days)]);

  /** Makes the days of a strip one tab stop, in which the arrow keys, Home and End move. */
  function navigate(strip: SVGElement, days: Days): SVGElement {
    const cells = [...strip.querySelectorAll<SVGElement>('.day')];
    const last = cells.length - 1;
    let current = Math.max(0, last - fromEnd);
    strip.setAttribute('role', 'group');
    for (const [index, cell] of cells.entries()) {
      cell.setAttribute('role', 'img');
      cell.setAttribute('aria-label', days[index]?.text ?? '');
      cell.setAttribute('tabindex', index === current ? '0' : '-1');
    }
    const moveTo = (index: number): void => {
      cells[current]?.setAttribute('tabindex', '-1');
      current = index;
      fromEnd = last - index;
      cells[current]?.setAttribute('tabindex', '0');
      cells[current]?.focus();
    };
    strip.addEventListener('keydown', (event) => {
      const to = new Map([
        ['ArrowLeft', current - 1],
        ['ArrowRight', current + 1],
        ['Home', 0],
        ['End', last],
      ]).get(event.key);
      if (to !== undefined) {
        event.preventDefault();
        moveTo(Math.min(Math.max(to, 0), last));
      }
    });
    const tell = ({ target }: Event): void => {
      const text = target instanceof SVGElement ? days[cells.indexOf(target)]?.text : undefined;
      if (text !== undefined) {
        dayText.textContent = text;
      }
    };
    strip.addEventListener('focusin', tell);
    strip.addEventListener('pointerover', tell);
    dayText.textContent = days[current]?.text ?? '';
    return strip;
  }

  return {
    elements: [summary, charts, dayText, alerts, hint, table],
    show(timeline) {
      const isEmpty = timeline.days.length === 0;
      summary.textContent = timeline.summary;
      alerts.textContent = timeline.alerts;
      for (const element of [charts, dayText, hint, table]) {
        element.hidden = isEmpty;
      }
      if (!isEmpty) {
        drawCharts(timeline);
        drawRows(timeline.days);
      }
    },
  };
}

/** One bar per day, as wide as a day of the strip. Sizes are attributes: the security policy allows no inline styles. */
function plot(days: Days, label: string): Node {
  const most = Math.max(1, ...days.map(({ alerts = 0 }) => alerts));
  const width = days.length * DAY_WIDTH;
  const bars = days.map(({ text, alerts = 0 }, index) => {
    const height = (alerts / most) * (HEIGHT - 4);
    return makeSvg(
      'rect',
      {
        class: 'bar',
        x: String(index * DAY_WIDTH + 1),
        y: String(HEIGHT - height),
        width: String(DAY_WIDTH - 2),
        height: String(height),
      },
      makeSvg('title', {}, text),
    );
  });
  const axis = makeSvg('line', { class: 'axis', x1: '0', y1: String(HEIGHT), x2: String(width), y2: String(HEIGHT) });
  return makeSvg(
    'svg',
    { role: 'img', 'aria-label': label, viewBox: `0 0 ${width} ${HEIGHT + 1}`, class: 'plot' },
    ...bars,
    axis,
  );
}

/** A table with a row per day. The alerts are missing if they could not be loaded. */
function numbers(texts: PanelTexts, days: Days): Node {
  const hasAlerts = days.some(({ alerts }) => alerts !== undefined);
  const head = [texts.day, texts.seen, ...(hasAlerts ? [texts.alerts] : [])];
  const rows = days.map(({ date, seen, alerts }) =>
    make(
      'tr',
      {},
      make('th', { scope: 'row' }, date),
      make('td', { class: 'words' }, seen),
      ...(hasAlerts ? [make('td', {}, String(alerts ?? ''))] : []),
    ),
  );
  return make(
    'table',
    {},
    make('thead', {}, make('tr', {}, ...head.map((text) => make('th', { scope: 'col' }, text)))),
    make('tbody', {}, ...rows),
  );
}
