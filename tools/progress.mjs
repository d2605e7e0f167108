// @ts-check
// Tells the person at the terminal that something long is going on, and that it is still going on.

/**
 * Says what begins, then every ten seconds how long it has been at it, and at last how long it took.
 * @template T
 * @param {string} says
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function patiently(says, work) {
  const begin = Date.now();
  const seconds = () => Math.round((Date.now() - begin) / 1000);
  console.log(`${says} ...`);
  const heartbeat = setInterval(() => console.log(`  still at it (${seconds()} s)`), 10_000);
  try {
    const result = await work();
    console.log(`  done in ${seconds()} s`);
    return result;
  } finally {
    clearInterval(heartbeat);
  }
}
