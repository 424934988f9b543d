import {
  type DestinationHistory,
  mergeHistories,
  oldestKept,
  prune,
  type Series,
  type Sighting,
  toSighting,
} from './timeline.ts';

/**
 * The text of a timeline: one line per destination and recording, in any order, as JSON:
 * `["<destination ID>",["<at>",<until>,…],["<at>",<until>,…]]`, the successes and then the failures. A destination may
 * have several lines. A line that is malformed, for example cut off by a crash, counts as absent.
 */
export function encodeLine(destinationId: string, { success, failure }: DestinationHistory): string {
  return JSON.stringify([destinationId, toFlat(success), toFlat(failure)]);
}

const toFlat = (series: Series): readonly (string | number)[] => series.flatMap(({ at, until }) => [at, until]);

/** Undefined if the line is malformed. */
export function decodeLine(line: string): DestinationHistory | undefined {
  try {
    const value: unknown = JSON.parse(line);
    if (!Array.isArray(value) || value.length !== 3 || typeof value[0] !== 'string') {
      return undefined;
    }
    const [success, failure] = [fromFlat(value[1]), fromFlat(value[2])];
    // Merged, because nothing says that the line is in order.
    return success && failure && mergeHistories([{ success, failure }]);
  } catch {
    return undefined;
  }
}

function fromFlat(value: unknown): Series | undefined {
  if (!Array.isArray(value) || value.length % 2 !== 0) {
    return undefined;
  }
  const series: Sighting[] = [];
  for (let at = 0; at < value.length; at += 2) {
    const sighting = toSighting(value[at], value[at + 1]);
    if (!sighting) {
      return undefined;
    }
    series.push(sighting);
  }
  return series;
}

/** The lines by destination ID; those of one destination are separated by line feeds. Not decoded yet. */
export type Lines = ReadonlyMap<string, string>;

/** Sorts lines by destination without decoding them. `malformed`: the number of lines without a destination. */
export function indexLines(text: string): { readonly lines: Lines; readonly malformed: number } {
  const lines = new Map<string, string>();
  let malformed = 0;
  for (const line of text.split('\n')) {
    const id = destinationOf(line);
    const before = id === undefined ? undefined : lines.get(id);
    if (id !== undefined) {
      lines.set(id, before === undefined ? line : `${before}\n${line}`);
    } else if (line !== '') {
      malformed += 1;
    }
  }
  return { lines, malformed };
}

const START = /^\["(?:[^"\\]|\\.)+"/;

function destinationOf(line: string): string | undefined {
  const start = line.endsWith(']]') ? START.exec(line) : null;
  try {
    const id: unknown = start ? JSON.parse(start[0].slice(1)) : undefined;
    return typeof id === 'string' ? id : undefined;
  } catch {
    return undefined;
  }
}

/** The history of a destination from all its lines. */
export function decodeHistory(all: readonly Lines[], destinationId: string): DestinationHistory | undefined {
  const histories = all.flatMap((lines) => {
    const found = lines.get(destinationId);
    return found === undefined ? [] : found.split('\n').flatMap((line) => decodeLine(line) ?? []);
  });
  return histories.length > 1 ? mergeHistories(histories) : histories[0];
}

/** How many destinations are compacted without a pause. */
const AT_ONCE = 50;

/** About 180,000 events. */
export const MOST_CHARACTERS = 8_000_000;

/**
 * One line per destination, without what is too old. If it is longer than `most` characters, the oldest events of all
 * destinations go first. `pause` lets other work happen: a large timeline takes a second.
 */
export async function compactLines(
  all: readonly Lines[],
  now: number,
  most = MOST_CHARACTERS,
  pause: () => Promise<void> = async () => {},
): Promise<string> {
  let oldest = oldestKept(now);
  const histories: { readonly id: string; readonly history: DestinationHistory }[] = [];
  for (const id of new Set(all.flatMap((lines) => [...lines.keys()]))) {
    const history = decodeHistory(all, id);
    if (history) {
      histories.push({ id, history });
    }
    if (histories.length % AT_ONCE === 0) {
      await pause();
    }
  }
  for (;;) {
    let text = '';
    for (const [index, { id, history }] of histories.entries()) {
      const kept = prune(history, oldest);
      text += kept.success.length + kept.failure.length === 0 ? '' : `${encodeLine(id, kept)}\n`;
      if (index % AT_ONCE === 0) {
        await pause();
      }
    }
    if (text.length <= most) {
      return text;
    }
    const ends = histories
      .flatMap(({ history }) => [...history.success, ...history.failure])
      .map(({ until }) => until)
      .filter((until) => until >= oldest)
      .toSorted((a, b) => b - a);
    // The next shorter text has at least one event less.
    const next = ends[Math.floor((ends.length * most * 0.95) / text.length)] ?? Infinity;
    oldest = Math.max(next, oldest) + 1;
  }
}
