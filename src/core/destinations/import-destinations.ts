import { isUncertain } from '../api/api-error.ts';
import { isCanceled } from '../async/canceled.ts';
import { createLimit } from '../async/limit.ts';
import type { Draft } from '../model/destination.ts';
import type { Wanted } from './import-plan.ts';

/** How one creation of an import ended. `skipped`: the user canceled before it was sent. */
export type Imported = { readonly wanted: Wanted; readonly draft: Draft } & (
  | { readonly outcome: 'created'; readonly id: string }
  | { readonly outcome: 'skipped' }
  | { readonly outcome: 'failed'; readonly error: unknown }
);

export type ImportOptions = {
  /** Creates one destination and returns its ID. Sends its creation at most once. */
  readonly create: (draft: Draft) => Promise<string>;
  /** Whether an error means that no other creation can succeed, for example because the token is refused. */
  readonly isFatal: (error: unknown) => boolean;
  /** Looked at between two creations; a request that was sent is waited for. */
  readonly signal?: AbortSignal;
  readonly onDone?: (imported: Imported) => void;
};

const CONCURRENCY = 4;

type Planned = { readonly wanted: Wanted; readonly draft: Draft };

/**
 * Creates destinations, four at a time, and goes on after a failure. Those with the same name are created one after another,
 * and the rest of them is skipped after a lost answer. Where an error means that no other can succeed, all the rest is
 * skipped. Never rejects; returns how each one ended, in the order given.
 */
export async function importDestinations(
  planned: readonly Planned[],
  { create, isFatal, signal, onDone }: ImportOptions,
): Promise<readonly Imported[]> {
  const limit = createLimit(CONCURRENCY);
  const ends = new Map<Planned, Imported>();
  let isOver = false;

  async function createOne({ wanted, draft }: Planned): Promise<Imported> {
    try {
      return { wanted, draft, outcome: 'created', id: await create(draft) };
    } catch (error) {
      isOver ||= isFatal(error);
      return isCanceled(error) ? { wanted, draft, outcome: 'skipped' } : { wanted, draft, outcome: 'failed', error };
    }
  }
  async function createNamesakes(group: readonly Planned[]): Promise<void> {
    let isLost = false;
    for (const each of group) {
      const end: Imported =
        isOver || isLost || signal?.aborted ? { ...each, outcome: 'skipped' } : await createOne(each);
      // A destination that appears later is recognized by its name and URL, so a second one would be taken for it.
      isLost ||= end.outcome === 'failed' && isUncertain(end.error);
      ends.set(each, end);
      onDone?.(end);
    }
  }
  const groups = Map.groupBy(planned, ({ draft }) => draft.name.trim()).values();
  await Promise.all([...groups].map(async (group) => limit(async () => createNamesakes(group))));
  return planned.flatMap((each) => ends.get(each) ?? []);
}
