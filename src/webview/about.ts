import type { PanelAbout, PanelAlerts, PanelTexts } from '../core/panel-protocol.ts';
import { createRegion, make, makeSvg } from './dom.ts';

export type About = { readonly elements: readonly HTMLElement[]; show(about: PanelAbout): void };

const WIDTH = 300;
const HEIGHT = 80;

/** The sections beside the form: facts, policies, alerts. */
export function createAbout(texts: PanelTexts): About {
  const facts = make('dl');
  const policies = make('div');
  const alerts = make('div');
  const drawFacts = createRegion<Pick<PanelAbout, 'facts' | 'health'>>(facts, (value) =>
    value.facts.map(({ label, value: text }, index) =>
      // The first fact is the health, which also has a mark.
      make('div', {}, make('dt', {}, label), make('dd', index === 0 ? { class: `health ${value.health}` } : {}, text)),
    ),
  );
  const drawPolicies = createRegion<PanelAbout['policies']>(policies, ({ summary, rows }) => [
    make('p', {}, summary),
    ...(rows.length > 0
      ? [
          make(
            'ul',
            {},
            ...rows.map(({ name, detail }) => make('li', {}, name, make('span', { class: 'detail' }, ` ${detail}`))),
          ),
        ]
      : []),
  ]);
  const drawAlerts = createRegion<PanelAlerts>(alerts, (value) => [
    make('p', {}, value.summary),
    ...(value.days.length > 0 ? [plot(value), numbers(texts, value)] : []),
  ]);
  return {
    elements: [
      make('section', { 'aria-labelledby': 'about-title' }, make('h2', { id: 'about-title' }, texts.about), facts),
      make(
        'section',
        { 'aria-labelledby': 'policies-title' },
        make('h2', { id: 'policies-title' }, texts.policies),
        policies,
      ),
      make('section', { 'aria-labelledby': 'alerts-title' }, make('h2', { id: 'alerts-title' }, texts.alerts), alerts),
    ],
    show(about) {
      drawFacts({ facts: about.facts, health: about.health });
      drawPolicies(about.policies);
      drawAlerts(about.alerts);
    },
  };
}

/** One bar per day. Sizes are attributes, because the content security policy allows no inline styles. */
function plot({ summary, days }: PanelAlerts): Node {
  const most = Math.max(1, ...days.map(({ count }) => count));
  const step = WIDTH / days.length;
  const bars = days.map(({ label, count }, index) => {
    const height = (count / most) * (HEIGHT - 4);
    return makeSvg(
      'rect',
      {
        class: 'bar',
        x: String(index * step + 1),
        y: String(HEIGHT - height),
        width: String(step - 2),
        height: String(height),
      },
      makeSvg('title', {}, `${label}: ${count}`),
    );
  });
  const axis = makeSvg('line', { class: 'axis', x1: '0', y1: String(HEIGHT), x2: String(WIDTH), y2: String(HEIGHT) });
  const svg = makeSvg(
    'svg',
    { role: 'img', 'aria-label': summary, viewBox: `0 0 ${WIDTH} ${HEIGHT + 1}`, class: 'plot' },
    ...bars,
    axis,
  );
  const ends = make('div', { class: 'ends', 'aria-hidden': 'true' });
  ends.append(make('span', {}, days[0]?.label ?? ''), make('span', {}, days.at(-1)?.label ?? ''));
  return make('div', {}, svg, ends);
}

function numbers(texts: PanelTexts, { days }: PanelAlerts): Node {
  const rows = days.map(({ label, count }) =>
    make('tr', {}, make('th', { scope: 'row' }, label), make('td', {}, String(count))),
  );
  return make(
    'details',
    {},
    make('summary', {}, texts.numbers),
    make(
      'table',
      {},
      make(
        'thead',
        {},
        make('tr', {}, make('th', { scope: 'col' }, texts.day), make('th', { scope: 'col' }, texts.count)),
      ),
      make('tbody', {}, ...rows),
    ),
  );
}
