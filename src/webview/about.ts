import type { PanelAbout, PanelTexts } from '../core/panel-protocol.ts';
import { createRegion, make } from './dom.ts';
import { createTimeline } from './timeline.ts';

export type About = { readonly elements: readonly HTMLElement[]; show(about: PanelAbout): void };

/** The sections beside the form: facts, timeline, policies. */
export function createAbout(texts: PanelTexts): About {
  const facts = make('dl');
  const policies = make('div');
  const timeline = createTimeline(texts);
  const drawFacts = createRegion<Pick<PanelAbout, 'facts' | 'health'>>(
    facts,
    (value) =>
      value.facts.map(({ label, value: text }, index) =>
        // The first fact is the health, which also has a mark.
        make(
          'div',
          {},
          make('dt', {}, label),
          make('dd', index === 0 ? { class: `health ${value.health}` } : {}, text),
        ),
      ),
    { keeps: true },
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
  return {
    elements: [
      make('section', { 'aria-labelledby': 'about-title' }, make('h2', { id: 'about-title' }, texts.about), facts),
      make(
        'section',
        { 'aria-labelledby': 'timeline-title', class: 'timeline' },
        make('h2', { id: 'timeline-title' }, texts.timeline),
        ...timeline.elements,
      ),
      make(
        'section',
        { 'aria-labelledby': 'policies-title' },
        make('h2', { id: 'policies-title' }, texts.policies),
        policies,
      ),
    ],
    show(about) {
      drawFacts({ facts: about.facts, health: about.health });
      drawPolicies(about.policies);
      timeline.show(about.timeline);
    },
  };
}
