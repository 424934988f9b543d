/** The bundle of the health overview, loaded on first use. */
export { createOverviewModule } from './ui/overview/module.ts';
