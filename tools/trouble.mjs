// @ts-check
// Turns what went wrong during set-up into a sentence that says what to do, and ends the tool with it.
import { root } from "./child.mjs";

/** A set-up step that failed, with a message meant for the person at the terminal. */
export class Trouble extends Error {}

const advice = [
  {
    signs: /\bENOSPC\b|no space left/i,
    says: "The disk is full. Free some space (an installed checkout needs about 500 MB), then run the command again.",
  },
  {
    signs: /\b(EACCES|EPERM|EROFS)\b|permission denied|read-only file system/i,
    says:
      `No permission to write in ${root}. Make the folder yours (sudo chown -R "$(id -un)" "${root}") ` +
      "or clone into a folder of your own, then run the command again.",
  },
  {
    signs: /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ERR_SOCKET_TIMEOUT)\b/,
    says:
      "The package registry could not be reached. Check the network (and the proxy or registry set in npm's " +
      "configuration), then run the command again.",
  },
];

/**
 * What to do about an error, as far as its text tells; undefined when it does not.
 * @param {string} text an error message or the output of a failed program
 * @returns {string | undefined}
 */
export function adviceFor(text) {
  return advice.find(({ signs }) => signs.test(text))?.says;
}

/**
 * Runs a tool's main function; a failure is told in plain words and ends the process with code 1.
 * @param {() => Promise<number>} main resolves with the exit code
 */
export async function runTool(main) {
  try {
    process.exitCode = await main();
  } catch (error) {
    console.error(explain(error));
    process.exitCode = 1;
  }
}

/**
 * The words for a failure: its own if it is Trouble, advice if the error is a known one, else everything we have.
 * @param {unknown} error
 * @returns {string}
 */
export function explain(error) {
  if (error instanceof Trouble) return `\n${error.message}`;
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `\n${adviceFor(text) ?? text}`;
}
