/** The bundle of the language model tools, loaded at their first call. */
export { createToolCalls } from './ui/monitoring/tool-calls.ts';
