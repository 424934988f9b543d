/** How often each property is tried. A variable in the script of package.json would not work in the shell of Windows. */
export const RUNS = Number(
  process.env['ROBUST_RUNS'] ?? (process.env['npm_lifecycle_event'] === 'test:robust' ? 200_000 : 5000),
);
