// What every Store promises: all or nothing, once, in order.
import { type Job, type JobRun, type JobState, keptJobRuns, keptRunsOfRemovedMs } from "../job.ts";
import type { InboundMessage } from "../message.ts";
import type { OutboxRow, Store } from "../ports/store.ts";
import { type Entry, noUsage, type Session } from "../session.ts";
import { type ContractCase, expectSame, expectThat } from "./contract.ts";
import type { StoreWorld } from "./store.world.ts";
import { storeAuditContract } from "./store-audit.contract.ts";
import { storeLedgerContract } from "./store-ledger.contract.ts";
import { storeSearchContract } from "./store-search.contract.ts";

export function sampleMessage(id: string, text = "hello"): InboundMessage {
  return {
    id,
    channel: "sample",
    account: "default",
    origin: "person",
    peer: { id: "p1", name: "Pat" },
    place: { id: "c1", type: "direct" },
    text,
    attachments: [],
    mentioned: true,
    sentAt: 1,
  };
}

const session = (key: string, updatedAt: number): Session => ({
  key,
  id: `id-${key}`,
  agent: "main",
  createdAt: 1,
  updatedAt,
  usage: noUsage,
});

const entry = (seq: number, runId?: string): Entry => ({
  seq,
  at: seq,
  ...(runId ? { runId } : {}),
  body: { type: "user", content: [{ type: "text", text: `line ${seq}` }] },
});

const row = (id: string): OutboxRow => ({
  id,
  channel: "sample",
  account: "default",
  piece: { place: { id: "c1", type: "direct" }, text: id },
  state: "queued",
  attempts: 0,
  nextAt: 0,
});

const job = (id: string, state: JobState = {}, createdAt = 1): Job => ({
  ...{ id, name: `job ${id}`, enabled: true, wake: "now", target: "isolated", createdAt, updatedAt: 1 },
  ...{ schedule: { type: "every", everyMs: 1000 }, says: { type: "turn", text: "look" }, state },
});

const jobRun = (jobId: string, at: number): JobRun => ({
  ...{ jobId, jobName: `job ${jobId}`, at, status: "ok", sessionKey: "s", plannedAt: at, runAt: at },
  ...{ durationMs: 0, delivery: "none" },
});

const ids = (jobs: readonly Job[]): string => jobs.map((item) => item.id).join(" ");

async function rejected(work: Promise<unknown>): Promise<boolean> {
  return work.then(
    () => false,
    () => true,
  );
}

export const storeContract: readonly ContractCase<StoreWorld>[] = [
  {
    name: "admits a message once, whatever is repeated",
    async run({ store }) {
      const [first, second] = await Promise.all([
        store.admit(sampleMessage("1"), 5),
        store.admit(sampleMessage("1"), 6),
      ]);
      expectThat(Boolean(first) !== Boolean(second), "exactly one of two equal messages is new");
      expectSame(
        (await store.openInbox()).map((item) => item.message.id),
        ["1"],
        "one open row",
      );
      const found = await store.inboxRow({ channel: "sample", account: "default", id: "1" });
      expectSame(found?.message, sampleMessage("1"), "the message comes back as it was");
    },
  },
  {
    name: "keeps the order of arrival",
    async run({ store }) {
      for (const id of ["b", "a", "c"]) await store.admit(sampleMessage(id), 1);
      expectSame(
        (await store.openInbox()).map((item) => item.message.id),
        ["b", "a", "c"],
        "oldest first",
      );
    },
  },
  {
    name: "gives a message one outcome and refuses a second",
    async run({ store }) {
      await store.admit(sampleMessage("1"), 1);
      const key = { channel: "sample", account: "default", id: "1" };
      await store.commit([{ type: "inbox-run", key, runId: "r", sessionKey: "s" }]);
      await store.commit([{ type: "inbox-outcome", key, outcome: { type: "replied", runId: "r", text: "hi" }, at: 2 }]);
      const again = store.commit([{ type: "inbox-outcome", key, outcome: { type: "steered", runId: "r" }, at: 3 }]);
      expectThat(await rejected(again), "the second outcome is refused");
      const found = await store.inboxRow(key);
      expectSame(found?.outcome, { type: "replied", runId: "r", text: "hi" }, "the first stands");
      expectSame([found?.runId, found?.sessionKey, found?.endedAt], ["r", "s", 2], "run, session and end are kept");
      expectSame((await store.openInbox()).length, 0, "nothing is open");
    },
  },
  {
    name: "applies all writes of a commit or none",
    async run({ store }) {
      await store.commit([{ type: "entry", sessionId: "x", entry: entry(1) }]);
      const bad = store.commit([
        { type: "value-put", space: "a", key: "k", value: 1 },
        { type: "entry", sessionId: "x", entry: entry(3) },
      ]);
      expectThat(await rejected(bad), "a gap in the log is refused");
      expectSame(await store.values("a").get("k"), undefined, "nothing of the commit is there");
    },
  },
  {
    name: "lets one bad commit fail without its neighbours",
    async run({ store }) {
      const work = [
        store.commit([{ type: "entry", sessionId: "x", entry: entry(1) }]),
        store.commit([{ type: "entry", sessionId: "x", entry: entry(7) }]),
        store.commit([{ type: "entry", sessionId: "x", entry: entry(2) }]),
      ];
      expectSame(await Promise.all(work.map(rejected)), [false, true, false], "only the bad one fails");
      expectSame(
        (await store.entries("x")).map((item) => item.seq),
        [1, 2],
        "the good ones are in order",
      );
    },
  },
  {
    name: "reads a log whole, by its end, after a point and by run",
    async run({ store }) {
      for (const seq of [1, 2, 3, 4]) {
        await store.commit([{ type: "entry", sessionId: "x", entry: entry(seq, seq > 2 ? "r2" : "r1") }]);
      }
      const seqs = async (options?: Parameters<Store["entries"]>[1]) =>
        (await store.entries("x", options)).map((e) => e.seq);
      expectSame(await seqs(), [1, 2, 3, 4], "whole");
      expectSame(await seqs({ last: 2 }), [3, 4], "the newest two");
      expectSame(await seqs({ first: 2 }), [1, 2], "the oldest two");
      expectSame(await seqs({ first: 2, after: 1 }), [2, 3], "the oldest two after one");
      expectSame(await seqs({ after: 3 }), [4], "after three");
      expectSame(await seqs({ runId: "r1" }), [1, 2], "of one run");
      expectSame(await store.lastSeq("x"), 4, "last seq");
      expectSame(await store.lastSeq("none"), 0, "no log yet");
      expectSame((await store.entries("x"))[2], entry(3, "r2"), "an entry comes back as it was");
    },
  },
  {
    name: "keeps sessions by key, newest first",
    async run({ store }) {
      await store.commit([
        { type: "session-put", session: session("a", 1) },
        { type: "session-put", session: session("b", 3) },
      ]);
      await store.commit([{ type: "session-put", session: { ...session("a", 5), label: "renamed" } }]);
      expectSame(
        (await store.sessions()).map((item) => item.key),
        ["a", "b"],
        "newest first",
      );
      expectSame((await store.sessions({ limit: 1 })).length, 1, "limited");
      expectSame((await store.session("a"))?.label, "renamed", "the last put stands");
      await store.commit([{ type: "session-remove", key: "a" }]);
      expectSame(await store.session("a"), undefined, "removed");
    },
  },
  {
    name: "finds sessions by what they are, a page at a time, and counts them",
    async run({ store }) {
      const child = { ...session("c", 3), agent: "other", parent: "a", label: "kid" };
      const all = [session("a", 1), session("b", 2), child, session("d", 3)];
      await store.commit(all.map((item) => ({ type: "session-put" as const, session: item })));
      const keys = async (filter: Parameters<typeof store.sessions>[0]) =>
        (await store.sessions(filter)).map((item) => item.key);
      expectSame(await keys({}), ["c", "d", "b", "a"], "newest first, and by key where they are as new");
      expectSame(await keys({ offset: 1, limit: 2 }), ["d", "b"], "the second and third");
      expectSame(await keys({ offset: 3 }), ["a"], "after three");
      for (const filter of [{ agent: "other" }, { parent: "a" }, { label: "kid" }, { id: child.id }]) {
        expectSame(await keys(filter), ["c"], JSON.stringify(filter));
        expectSame(await store.sessionCount(filter), 1, "counted");
      }
      expectSame(await keys({ since: 3, agent: all[0]?.agent ?? "" }), ["d"], "all that is given must fit");
      expectSame(await store.sessionCount({ label: "nobody" }), 0, "none");
      expectSame(await store.sessionCount(), 4, "all");
    },
  },
  {
    name: "keeps outbox rows in order and takes the same id once",
    async run({ store }) {
      await store.commit(["r:1", "r:0"].map((id) => ({ type: "outbox-put" as const, row: row(id) })));
      await store.commit([{ type: "outbox-put", row: { ...row("r:1"), state: "failed" } }]);
      expectSame(
        (await store.openOutbox()).map((item) => item.id),
        ["r:1", "r:0"],
        "in the order put, once",
      );
      await store.commit([
        { type: "outbox-state", id: "r:1", state: "sent", attempts: 1, nextAt: 0, receipt: { id: "9", at: 4 } },
      ]);
      expectSame(
        (await store.openOutbox()).map((item) => item.id),
        ["r:0"],
        "what is sent is not open",
      );
      expectSame((await store.outboxRow("r:1"))?.receipt, { id: "9", at: 4 }, "the receipt is kept");
    },
  },
  {
    name: "knows the newest platform ids of a place",
    async run({ store }) {
      for (const id of ["5", "7"]) await store.admit(sampleMessage(id), 1);
      for (const id of ["r:0", "r:1"]) await store.commit([{ type: "outbox-put", row: row(id) }]);
      await store.commit([
        { type: "outbox-state", id: "r:0", state: "sent", attempts: 1, nextAt: 0, receipt: { id: "8", at: 4 } },
      ]);
      const known = (place: string) => store.knownIds({ channel: "sample", account: "default", place });
      expectSame(await known("c1"), ["7", "8"], "the newest heard and the newest sent");
      expectSame(await known("c2"), [], "none elsewhere");
    },
  },
  {
    name: "keeps named values apart by space",
    async run({ store }) {
      await store.values("a").set("x/1", { n: 1 });
      await store.values("a").set("x/2", [2]);
      await store.values("b").set("x/1", "other");
      expectSame(
        await store.values("a").list("x/"),
        [
          { key: "x/1", value: { n: 1 } },
          { key: "x/2", value: [2] },
        ],
        "by prefix",
      );
      await store.values("a").remove("x/1");
      expectSame(await store.values("a").get("x/1"), undefined, "removed");
      expectSame(await store.values("b").get("x/1"), "other", "the other space is untouched");
    },
  },
  {
    name: "keeps jobs, and finds those that are due, earliest first",
    async run({ store }) {
      const firing = { id: "m", plannedAt: 1 };
      const jobs = [
        ...[job("later", { nextRunAt: 30 }, 3), job("off", {}, 2), job("going", { nextRunAt: 1, firing }, 1)],
        ...[job("due", { nextRunAt: 20 }, 4), job("overdue", { nextRunAt: 10 }, 5)],
      ];
      expectSame(await store.nextJobAt(), undefined, "no job, no time");
      await store.commit(jobs.map((item) => ({ type: "job-put" as const, job: item })));
      expectSame(ids(await store.jobs()), "going off later due overdue", "all, oldest first");
      expectSame(ids(await store.jobs({ dueBy: 20 })), "overdue due", "due, earliest first, none that is under way");
      expectSame(ids(await store.jobs({ dueBy: 20, limit: 1 })), "overdue", "limited");
      expectSame(await store.nextJobAt(), 10, "the earliest time");
      expectSame(await store.job("going"), job("going", { nextRunAt: 1, firing }, 1), "a job comes back as it was");
      await store.commit([
        { type: "job-put", job: job("overdue", { nextRunAt: 40 }, 5) },
        { type: "job-put", job: job("going", { nextRunAt: 25 }, 1) },
        { type: "job-remove", id: "due", at: 1 },
      ]);
      expectSame(await store.job("due"), undefined, "removed");
      expectSame(ids(await store.jobs({ dueBy: 40 })), "going later overdue", "the last put stands");
      expectSame(await store.nextJobAt(), 25, "the earliest of those that are left");
    },
  },
  {
    name: "keeps the log of each job, newest first and bounded",
    async run({ store }) {
      const runs = Array.from({ length: keptJobRuns + 3 }, (_, index) => jobRun("a", index));
      await store.commit([jobRun("b", 7), ...runs].map((run) => ({ type: "job-run" as const, run })));
      const times = async (jobId: string | undefined, limit: number) =>
        (await store.jobRuns({ ...(jobId && { jobId }), limit })).map((run) => run.at);
      expectSame(await times("a", 2), [keptJobRuns + 2, keptJobRuns + 1], "the newest");
      expectSame((await times("a", 5_000)).length, keptJobRuns, "so many are kept");
      expectSame((await times("a", 5_000)).at(-1), 3, "the oldest went");
      expectSame(await times("b", 5_000), [7], "another job's log is its own");
      expectSame((await times(undefined, 5_000)).length, keptJobRuns + 1, "all logs");
      expectSame((await store.jobRuns({ jobId: "b", limit: 1 }))[0], jobRun("b", 7), "a line comes back as it was");
    },
  },
  {
    name: "keeps the log of a removed job for a while",
    async run({ store }) {
      const [old, removed] = [10, 10 + keptRunsOfRemovedMs];
      await store.commit([
        ...["gone", "here"].map((id) => ({ type: "job-put" as const, job: job(id) })),
        ...["gone", "here"].map((id) => ({ type: "job-run" as const, run: jobRun(id, old) })),
        { type: "job-remove", id: "gone", at: removed },
      ]);
      const lines = async (jobId: string) => (await store.jobRuns({ jobId, limit: 9 })).length;
      expectSame([await lines("gone"), await lines("here")], [1, 1], "the log outlives the job");
      await store.commit([{ type: "job-remove", id: "none", at: removed + 1 }]);
      expectSame([await lines("gone"), await lines("here")], [0, 1], "in time it goes, and that of no other");
    },
  },
  {
    name: "finds everything again after it was opened anew",
    needs: "durable",
    async run(world) {
      await world.store.admit(sampleMessage("1"), 1);
      await world.store.commit([
        { type: "entry", sessionId: "x", entry: entry(1) },
        { type: "outbox-put", row: row("r:0") },
        { type: "job-put", job: job("j", { nextRunAt: 5 }) },
        { type: "job-run", run: jobRun("j", 4) },
      ]);
      expectThat(world.reopen !== undefined, "a durable world can be reopened");
      world.store = await world.reopen();
      expectSame((await world.store.openInbox()).length, 1, "inbox");
      expectSame(await world.store.lastSeq("x"), 1, "log");
      expectSame((await world.store.openOutbox()).length, 1, "outbox");
      expectSame(await world.store.nextJobAt(), 5, "jobs");
      expectSame((await world.store.jobRuns({ jobId: "j", limit: 1 })).length, 1, "logs of jobs");
    },
  },
  ...storeAuditContract,
  ...storeLedgerContract,
  ...storeSearchContract,
];
