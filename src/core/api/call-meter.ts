/** What a client tells of its calls as they go out and are answered. */
export type CallMeter = {
  /** A call goes out, whoever asked for it. */
  sent(): void;
  /** What the answer said of the calls that are left. Times in milliseconds. */
  answered(limits: CallLimits): void;
};

export type CallLimits = {
  /** `r` and `t` of the header `Ratelimit: "default";r=50;t=30`: calls left, and until there are all of them again. */
  readonly left?: number;
  readonly resetsIn?: number;
  /** Of the header `retry-after`. */
  readonly retryAfter?: number;
};
