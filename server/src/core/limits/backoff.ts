// How long to wait before what failed for want of somebody at the other end is tried again.

/** So often, after 5, 10, 20, 40 and 80 seconds. */
export const mostRetries = 5;

/** Ms before the try that follows so many failed ones, from 1. */
export function retryMs(failures: number): number {
  return 5_000 * 2 ** (Math.min(Math.max(failures, 1), mostRetries) - 1);
}
