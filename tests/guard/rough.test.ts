// The guard against text that nobody would type: noise, and commands that break off. How long it takes is the bench's.
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { lazyCommandJudge } from "../../server/src/boot/lazy.ts";
import type { GuardSettings } from "../../server/src/core/guard/verdict.ts";

const settings: GuardSettings = { mode: "guard", allow: [], deny: [], workspace: "/house/workspace" };
const judge = await lazyCommandJudge();
const decide = (command: string): string => judge(command, settings).decision;

function corpora(kind: string): string[] {
  return ["", "-later", "-independent", "-third", "-fourth"].flatMap((end) => {
    const file = join(import.meta.dir, "..", "..", "server", "src", "core", "guard", "corpus", `${kind}${end}.txt`);
    const lines = readFileSync(file, "utf8").trim().split("\n");
    return lines.map((line) => line.slice(line.indexOf(": ") + 2).replaceAll("␤", "\n"));
  });
}

// What the guard misses on its own is counted elsewhere.
const destructive = corpora("destructive").filter((command) => decide(command) !== "allow");
const ordinary = corpora("ordinary");

test("[L22] noise of shell characters gets a verdict, whatever it is", () => {
  const pieces =
    "rm|-rf|~|/| |$|(|)|{|}|`|'|\"|\\|\n|\r|\t|;|&|<|<<|E|>|[|]|*|?|=|${|$((|#|!|%|@|é|𝕣|\u0000|function f|case x in|do|done|if"
      .split("|")
      .concat("|", "||");
  const noise = fc.array(fc.constantFrom(...pieces), { maxLength: 60 }).map((list) => list.join(""));
  fc.assert(
    fc.property(noise, (text) => /^(allow|ask|deny)$/.test(decide(text))),
    { numRuns: 5_000 },
  );
});

test("[L22] what was destructive stays so when something follows, also when that breaks off", () => {
  const followed = fc.tuple(fc.constantFrom(...destructive), fc.constantFrom(...ordinary), fc.nat({ max: 400 }));
  fc.assert(
    fc.property(followed, ([harm, work, length]) => decide(`${harm}\n${work.slice(0, length)}`) !== "allow"),
    { numRuns: 3_000 },
  );
});

test("[L22] a command that breaks off anywhere gets a verdict", () => {
  const broken = fc.tuple(fc.constantFrom(...destructive, ...ordinary), fc.double({ min: 0, max: 1, noNaN: true }));
  fc.assert(
    fc.property(broken, ([command, share]) =>
      /^(allow|ask|deny)$/.test(decide(command.slice(0, Math.floor(command.length * share)))),
    ),
    { numRuns: 3_000 },
  );
});

test("[L22] the line behind a pipe is a command of its own, however the grammar groups it", () => {
  const pipe = "echo 726d202d7266202f | xxd -r -p | sh";
  for (const next of ["make 2>&1 | tee a", "git tag a && git log", "ls"])
    expect([next, decide(`${pipe}\n${next}`)]).toEqual([next, "deny"]);
  expect(decide("cat a | sort | uniq\nrm -rf / 2>&1 | tee log")).toBe("deny");
});
