// What every Store promises of its audit.
import { type AuditRecord, firstPrevious, linkText } from "../audit.ts";
import { type ContractCase, expectSame, expectThat } from "./contract.ts";
import { sha256 } from "./sha256.ts";
import type { StoreWorld } from "./store.world.ts";

const record = (at: number, changes: Partial<AuditRecord> = {}): AuditRecord => ({
  ...{ type: "tool-call", at, actor: "agent main", action: "read", sessionKey: "s", runId: "r", callId: `c${at}` },
  ...{ detail: { "z first": 1, a: ["ü", null] } },
  ...changes,
});

export const storeAuditContract: readonly ContractCase<StoreWorld>[] = [
  {
    name: "[Y09] makes a chain of what is recorded: each link holds the hash of the one before",
    async run({ store, reopen }) {
      await Promise.all([1, 2, 3].map((at) => store.commit([{ type: "audit", record: record(at) }])));
      const again = reopen ? await reopen() : store;
      await again.commit([
        { type: "audit", record: record(4) },
        { type: "audit", record: record(5) },
      ]);
      const links = await again.auditPage(0, 100);
      expectSame(
        links.map(({ seq, at }) => [seq, at]),
        [1, 2, 3, 4, 5].map((at) => [at, at]),
        "in order, without a gap",
      );
      let previous = firstPrevious;
      for (const { seq, hash, previous: before, ...rest } of links) {
        expectSame(before, previous, `link ${seq} holds the one before`);
        expectSame(hash, sha256(linkText(previous, seq, rest)), `the hash of link ${seq}`);
        previous = hash;
      }
    },
  },
  {
    name: "records with the commit it stands in, or not at all",
    async run({ store }) {
      const bad = { type: "inbox-outcome", key: { channel: "c", account: "a", id: "none" }, at: 1 } as const;
      const outcome = { type: "refused", reason: "empty" } as const;
      const work = store.commit([
        { type: "audit", record: record(1) },
        { ...bad, outcome },
      ]);
      expectThat(
        await work.then(
          () => false,
          () => true,
        ),
        "the commit is refused",
      );
      expectSame((await store.auditPage(0, 10)).length, 0, "nothing is recorded");
      await store.commit([{ type: "audit", record: record(2) }]);
      expectSame((await store.auditPage(0, 10))[0]?.seq, 1, "the chain has no gap");
    },
  },
  {
    name: "finds links by what they are about, newest first, a page at a time",
    async run({ store }) {
      const rows = [
        record(1),
        record(2, { type: "login", sessionKey: "t" }),
        record(3, { runId: "q" }),
        record(4, { type: "login" }),
      ];
      await store.commit(rows.map((row) => ({ type: "audit", record: row })));
      const found = async (filter: Parameters<typeof store.auditLinks>[0]) =>
        (await store.auditLinks(filter)).map((link) => link.at);
      expectSame(await found({ limit: 10 }), [4, 3, 2, 1], "all");
      expectSame(await found({ type: "login", limit: 10 }), [4, 2], "by type");
      expectSame(await found({ sessionKey: "s", limit: 2 }), [4, 3], "by session");
      expectSame(await found({ runId: "q", limit: 2 }), [3], "by run");
      expectSame(await found({ since: 2, before: 4, limit: 1 }), [3], "a page");
      expectSame(
        (await store.auditPage(2, 1)).map((link) => link.at),
        [3],
        "forward",
      );
    },
  },
];
