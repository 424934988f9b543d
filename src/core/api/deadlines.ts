/** The timeout of a request from the first byte sent to the last byte received, in milliseconds. */
export const ANSWER_DEADLINE = 15_000;

/** How long after it was sent a mutation may still take effect although it was not answered, in milliseconds. */
export const SETTLING_TIME = 2 * ANSWER_DEADLINE;

/** Whether a mutation that was sent at `sentAt` may still take effect. Both times are in milliseconds since the epoch. */
export function isSettling(sentAt: number, now: number): boolean {
  // A clock that was set back must not make a mutation pending for hours.
  return Math.abs(now - sentAt) < SETTLING_TIME;
}
