import { describeForLog } from '../api/api-error.ts';
import type { SharedFiles } from '../async/shared-files.ts';
import type { TimedSnapshot } from './snapshot.ts';
import { type DestinationHistory, hasEvent, record } from './timeline.ts';
import { compactLines, decodeHistory, encodeLine, indexLines, type Lines, MOST_CHARACTERS } from './timeline-lines.ts';

/** The folder of one account's timeline, which all windows share. */
export type TimelineFiles = Pick<SharedFiles, 'names' | 'read' | 'write' | 'rename' | 'remove'> & {
  /**
   * Appends to a file, and creates it. Returns the size of the file in bytes; undefined if the file was renamed or
   * deleted before the text was complete, so that its reader may have missed the text.
   */
  append(name: string, text: string): Promise<number | undefined>;
};

/**
 * The recorded lines of an account. Windows share them without a lock, because merging is a union:
 *
 * - Windows append to one log. A log that is long enough is renamed, and is then a part. It never changes again, except that
 *   a window that had opened it may end its append there; that window sees this and appends to the new log too.
 * - Compaction merges parts into a new part and then deletes those it has read. Two windows that compact the same parts
 *   leave two parts with the same content.
 * - A window that is killed leaves a torn line, which is ignored, or parts that are merged again.
 */
export type TimelineLog = {
  /**
   * Records what `after` adds to `before`, the snapshot that this window had until then. Returns whether it added
   * anything. Rejects if the file system fails; what was not written is written with the next recording. One call at a
   * time.
   */
  record(before: TimedSnapshot | undefined, after: TimedSnapshot): Promise<boolean>;
  /** All lines. Only what changed is read again. */
  load(): Promise<readonly Lines[]>;
};

export type TimelineLogOptions = {
  readonly files: TimelineFiles;
  readonly now: () => number;
  /** A name that is never given twice. */
  readonly makeId: () => string;
  /** Called with the reason if something cannot be read. */
  readonly report: (problem: string) => void;
  /** Lets other work happen. */
  readonly pause: () => Promise<void>;
  readonly limits?: TimelineLimits;
};

/** In bytes, files, milliseconds and characters. */
export type TimelineLimits = {
  /** A log of this size becomes a part. */
  readonly log: number;
  /** More parts are merged. */
  readonly parts: number;
  /** Older files are merged, so that old events are deleted in time. */
  readonly age: number;
  /** The longest part after compaction. */
  readonly text: number;
};

const LIMITS: TimelineLimits = { log: 64 * 1024, parts: 8, age: 7 * 86_400_000, text: MOST_CHARACTERS };

/** The version is part of the names, so that a version never touches the files of a newer one. */
const ENDING = '.v1.jsonl';
const LOG = `log${ENDING}`;
const PART = /^(\d+)-(merged-)?.+\.v1\.jsonl$/;
/** After a failure to write, at most so many facts wait for the next recording. */
const MOST_WAITING = 20_000;
/** How often a step is repeated while another window compacts. */
const ATTEMPTS = 20;

/**
 * Whether what is in a part stays recorded, whatever other windows do. A part that was the log may have got its last lines after a
 * window had read it that is merging it, and the window that appended them may have been killed before it saw this.
 */
const isMerged = (part: string): boolean => PART.exec(part)?.[2] !== undefined;

export function createTimelineLog({
  files,
  now,
  makeId,
  report,
  pause,
  limits = LIMITS,
}: TimelineLogOptions): TimelineLog {
  /** Parts never change, so each is read once. */
  let parts: ReadonlyMap<string, Lines> = new Map();
  /** What could not be written yet. */
  let waiting: readonly { readonly id: string; readonly seen: DestinationHistory }[] = [];
  let isAgeChecked = false;
  let isReported = false;

  function index(text: string): Lines {
    const { lines, malformed } = indexLines(text);
    if (malformed > 0 && !isReported) {
      isReported = true;
      report(`Malformed lines, which are ignored: ${malformed}`);
    }
    return lines;
  }

  const partNames = async (): Promise<readonly string[]> => (await files.names()).filter((name) => PART.test(name));
  const makePartName = (what = ''): string => `${now()}-${what}${makeId()}${ENDING}`;

  /** Undefined if another window has just deleted a part after merging it. */
  async function readParts(): Promise<ReadonlyMap<string, Lines> | undefined> {
    const found = new Map<string, Lines>();
    for (const name of await partNames()) {
      const known = parts.get(name);
      const text = known ? '' : await files.read(name);
      if (text === undefined) {
        return undefined;
      }
      found.set(name, known ?? index(text));
    }
    parts = found;
    return found;
  }

  async function load(isWanted: (part: string) => boolean = () => true): Promise<readonly Lines[]> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      // In this order, because lines move from the log to parts.
      const log = await files.read(LOG);
      const all = await readParts();
      if (all) {
        return [...[...all].flatMap(([name, lines]) => (isWanted(name) ? lines : [])), index(log ?? '')];
      }
    }
    throw new Error('The parts of the timeline changed too often while they were read');
  }

  /** Whether a file may have events that are too old. Checked once per session. */
  async function isOld(): Promise<boolean> {
    if (isAgeChecked) {
      return false;
    }
    const oldest = now() - limits.age;
    const first = /^\s*(\S.*)\n/.exec((await files.read(LOG)) ?? '')?.[1] ?? '';
    // The times in a line are numbers with 13 digits, as long as clocks are set.
    const recorded = Math.max(...(first.match(/,\d{12,}/g) ?? []).map((number) => Number(number.slice(1))));
    const names = await partNames();
    isAgeChecked = true;
    return (
      (Number.isFinite(recorded) && recorded < oldest) || names.some((name) => Number(PART.exec(name)?.[1]) < oldest)
    );
  }

  async function compact(): Promise<void> {
    await files.rename(LOG, makePartName());
    const read = await readParts();
    if (!read) {
      return;
    }
    const text = await compactLines([...read.values()], now(), limits.text, pause);
    if (text !== '') {
      await files.write(makePartName('merged-'), text);
    }
    for (const name of read.keys()) {
      await files.remove(name);
    }
  }

  /** Returns the size of the log in bytes. */
  async function append(lines: readonly string[]): Promise<number> {
    // The line feed in front separates the lines from one that a killed window left without an end.
    const text = `\n${lines.join('\n')}\n`;
    let size: number | undefined;
    for (let attempt = 0; size === undefined && attempt < ATTEMPTS; attempt += 1) {
      size = await files.append(LOG, text);
    }
    if (size === undefined) {
      throw new Error('The log of the timeline was replaced too often');
    }
    return size;
  }

  async function tidy(size: number): Promise<void> {
    if (await isOld()) {
      await compact();
    } else if (size > limits.log && (await files.rename(LOG, makePartName()))) {
      if ((await partNames()).length > limits.parts) {
        await compact();
      }
    }
  }

  return {
    load: async () => load(),
    async record(before, after) {
      const added = [...record(before, after)].map(([id, seen]) => ({ id, seen }));
      // In front of a failure to read: the facts then wait for the next recording.
      waiting = [...waiting, ...added].slice(-MOST_WAITING);
      // Without an earlier snapshot, most of it is recorded already.
      const known = before ? [] : await load(isMerged);
      const lines = waiting.flatMap(({ id, seen }) => {
        const left = withoutKnown(seen, decodeHistory(known, id));
        return left.success.length + left.failure.length === 0 ? [] : [encodeLine(id, left)];
      });
      if (lines.length === 0) {
        waiting = [];
        return false;
      }
      const size = await append(lines);
      waiting = [];
      // The events are recorded even if this fails.
      await tidy(size).catch((error: unknown) => report(`it could not be compacted: ${describeForLog(error)}`));
      return true;
    },
  };
}

/** Drops the events that are recorded. Until when each was the last one follows from the last snapshot. */
function withoutKnown(seen: DestinationHistory, known: DestinationHistory | undefined): DestinationHistory {
  const { success, failure } = seen;
  return known
    ? {
        success: success.filter((each) => !hasEvent(known.success, each)),
        failure: failure.filter((each) => !hasEvent(known.failure, each)),
      }
    : seen;
}
