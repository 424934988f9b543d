// Runs in the browser beside the page of the health overview: stands in for VS Code and measures. Loaded by overview.ts.

const days = Array.from({ length: 30 }, (_, index) => ({
  state: ['delivered', 'failed', 'both', 'quiet', 'unknown'][index % 5],
  text: `Nov ${index + 1}: delivered at 10:04 AM`,
}));

/** Answers a request for details as the host does. */
function answer({ kind, rows = [] }) {
  if (kind !== 'visible') {
    return;
  }
  for (const [accountId, each] of Map.groupBy(rows, (row) => row.accountId)) {
    const details = each.map(({ destinationId }) => ({
      destinationId,
      policies: 2,
      alerts: 14,
      days,
      summary: 'Last 30 days: delivered on 12 days.',
    }));
    setTimeout(() => window.postMessage({ kind: 'details', accountId, details }, '*'), 5);
  }
}

globalThis.acquireVsCodeApi = () => ({ getState: () => undefined, setState: () => undefined, postMessage: answer });

const nextFrame = async () =>
  new Promise((resolve) => {
    requestAnimationFrame(() => resolve(performance.now()));
  });

/** Milliseconds from the first of the messages until rows are painted. */
globalThis.measurePaint = async (messages) => {
  const started = performance.now();
  for (const message of messages) {
    window.postMessage(message, '*');
  }
  const expected = messages.reduce((sum, { rows = [] }) => sum + rows.length, 1);
  const isComplete = () => document.querySelector('.grid')?.getAttribute('aria-rowcount') === String(expected);
  while (!isComplete()) {
    await nextFrame();
  }
  // The frame after the one that changed the page: it is painted.
  await nextFrame();
  return performance.now() - started;
};

/** The longest time between two frames of two seconds of scrolling, in milliseconds. */
globalThis.measureScrolling = async () => {
  const grid = document.querySelector('.grid');
  let last = await nextFrame();
  const end = last + 2000;
  let longest = 0;
  let step = 120;
  while (last < end) {
    const before = grid.scrollTop;
    grid.scrollTop += step;
    step = grid.scrollTop === before ? -step : step;
    const now = await nextFrame();
    longest = Math.max(longest, now - last);
    last = now;
  }
  return longest;
};
