/** Receives the calls of a client and the limits in their answers. */
export type CallMeter = {
  /** A call is sent. */
  sent(): void;
  /** The limits in an answer. Times in milliseconds. */
  answered(limits: CallLimits): void;
};

export type CallLimits = {
  /** `r` and `t` of the header `Ratelimit: "default";r=50;t=30`: calls left, and time until the limit resets. */
  readonly left?: number;
  readonly resetsIn?: number;
  /** From the header `retry-after`. */
  readonly retryAfter?: number;
};
