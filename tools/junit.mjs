// @ts-check
// Reads the JUnit report that `bun test` writes: which case of which file passed, failed or was skipped.

/**
 * @typedef {{ file: string, suite: string, title: string, outcome: "passed" | "failed" | "skipped" }} TestCase
 */

const entities = /** @type {Record<string, string>} */ ({ lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" });

/**
 * The cases of a report, in its order. A text that is no report holds no cases.
 * @param {string} xml
 * @returns {TestCase[]}
 */
export function readCases(xml) {
  const cases = xml.matchAll(/<testcase\b([^>]*?)(?:\/>|>([\s\S]*?)<\/testcase>)/g);
  return Array.from(cases, ([, attributes = "", body = ""]) => ({
    file: attribute(attributes, "file"),
    suite: attribute(attributes, "classname"),
    title: attribute(attributes, "name"),
    outcome: outcomeOf(body),
  }));
}

/**
 * @param {string} body
 * @returns {TestCase["outcome"]}
 */
function outcomeOf(body) {
  if (/<(failure|error)\b/.test(body)) return "failed";
  return /<skipped\b/.test(body) ? "skipped" : "passed";
}

/**
 * @param {string} attributes
 * @param {string} name
 */
function attribute(attributes, name) {
  const raw = new RegExp(`\\b${name}="([^"]*)"`).exec(attributes)?.[1] ?? "";
  return raw.replace(/&(?:#(\d+)|#x([0-9a-f]+)|(\w+));/gi, (whole, decimal, hex, word) => {
    if (decimal) return String.fromCodePoint(Number(decimal));
    if (hex) return String.fromCodePoint(Number.parseInt(hex, 16));
    return entities[word] ?? whole;
  });
}

/**
 * The last line of a test run, and whether it was a good one. A file that was to run and is not in the report failed
 * (it did not load, or ended the process), and so did a run that ended badly while every case passed.
 * @param {{ cases: readonly TestCase[], exitCode: number, expectedFiles: readonly string[] }} run
 * @returns {{ line: string, isGood: boolean, missingFiles: string[] }}
 */
export function summarise({ cases, exitCode, expectedFiles }) {
  const count = (/** @type {TestCase["outcome"]} */ outcome) => cases.filter((one) => one.outcome === outcome).length;
  const reported = new Set(cases.map((one) => one.file));
  const missingFiles = expectedFiles.filter((file) => !reported.has(file));
  const passed = count("passed");
  const skipped = count("skipped");
  const seen = count("failed") + missingFiles.length;
  const failed = seen === 0 && (exitCode !== 0 || passed === 0) ? 1 : seen;
  const line = `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
  return { line, isGood: failed === 0, missingFiles };
}
