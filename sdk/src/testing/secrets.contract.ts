// What every Secrets promises: values come back as they were, names are checked, and nothing is there twice.
import { isFault } from "../errors.ts";
import type { Secrets } from "../ports/secrets.ts";
import { type ContractCase, expectSame } from "./contract.ts";

export interface SecretsWorld {
  /** Empty. */
  secrets: Secrets;
  /** The same ones, opened anew: as another process would find them. */
  reopened: () => Promise<Secrets>;
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "no fault",
    (thrown: unknown) => (isFault(thrown) ? `${thrown.kind} ${thrown.code}` : `not a Fault: ${String(thrown)}`),
  );
}

const badNames = ["", " ", "/a", "a/", "a//b", "../a", "a/../b", "a b", "a\n", "ä", ".a", "a".repeat(129), "__proto__"];
const values = ["x", "päß 🦞", 'a "quoted"\n\\line', "a".repeat(100_000), "\u0000\u0001", "${HOME}"];

export const secretsContract: readonly ContractCase<SecretsWorld>[] = [
  {
    name: "what was put in comes back as it was, also when opened anew",
    async run({ secrets, reopened }) {
      for (const [index, value] of values.entries()) await secrets.set(`some/value-${index}`, value);
      for (const kept of [secrets, await reopened()])
        for (const [index, value] of values.entries())
          expectSame(await kept.get(`some/value-${index}`), value, "value");
    },
  },
  {
    name: "what is not there is undefined, and taking it away says so",
    async run({ secrets, reopened }) {
      for (const name of ["nothing", "constructor", "toString"]) expectSame(await secrets.get(name), undefined, name);
      expectSame(await secrets.remove("nothing"), false, "removed nothing");
      await secrets.set("a/b", "1");
      expectSame(await secrets.remove("a/b"), true, "removed");
      expectSame(await secrets.get("a/b"), undefined, "value");
      expectSame(await (await reopened()).names(), [], "names");
    },
  },
  {
    name: "a second value takes the place of the first, and names come in order",
    async run({ secrets, reopened }) {
      for (const name of ["b", "a/z", "a", "b"]) await secrets.set(name, `first of ${name}`);
      await secrets.set("b", "second");
      expectSame(await secrets.names(), ["a", "a/z", "b"], "names");
      expectSame(await (await reopened()).get("b"), "second", "value");
    },
  },
  {
    name: "a bad name and an empty value are refused and change nothing",
    async run({ secrets }) {
      for (const name of badNames) expectSame(await codeOf(secrets.set(name, "x")), "invalid secret.name", name);
      expectSame(await codeOf(secrets.set("a", "")), "invalid secret.empty", "empty");
      expectSame(await secrets.names(), [], "names");
    },
  },
  {
    name: "several changes at once all hold",
    async run({ secrets, reopened }) {
      const names = Array.from({ length: 20 }, (_, index) => `n${index}`);
      await Promise.all(names.map((name) => secrets.set(name, name)));
      const kept = await reopened();
      for (const name of names) expectSame(await kept.get(name), name, name);
    },
  },
];
