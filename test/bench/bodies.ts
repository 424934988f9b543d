/** An answer of the API for one account; `round` moves the last success of every tenth destination. */
export function makeDestinationsBody({
  count,
  account = 0,
  round = 0,
}: {
  readonly count: number;
  readonly account?: number;
  readonly round?: number;
}): string {
  const result = Array.from({ length: count }, (_, index) => ({
    id: (account * 100_000 + index).toString(16).padStart(32, '0'),
    name: `Destination ${index}`,
    type: 'slack',
    url: `https://hooks.slack.com/services/T${account}/B${index}/abcdefghijklmnopqrstuvwx`,
    created_at: '2025-10-26T18:25:04.532316Z',
    last_success: `2026-10-2${index % 10 === 1 ? 6 + (round % 3) : 6}T18:25:04.${String(index).padStart(6, '0')}Z`,
    last_failure: index % 10 === 0 ? '2026-10-26T18:26:04.532316Z' : null,
  }));
  return JSON.stringify({ success: true, errors: [], messages: [], result });
}
