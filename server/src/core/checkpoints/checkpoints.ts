// Checkpoints: what an agent's workspace (its skills in it) and the config were before a run changed anything, and the way
// back. The way back is a checkpoint too: it can be taken back itself.
import { type AuditRecord, type Clock, Fault, type Files, type Json, type Store } from "@homarus/sdk";
import { type Difference, differences, type Tree, takeTree } from "./tree.ts";

export interface Checkpoint {
  readonly id: string;
  /** Unix ms. */
  readonly at: number;
  readonly agent: string;
  readonly sessionKey: string;
  readonly runId: string;
  /** Why it was taken. */
  readonly reason: string;
  readonly files: number;
  readonly bytes: number;
  /** Digest of the tree, as JSON. */
  readonly tree: string;
  /** Digest of the config's text. */
  readonly config: string;
  /** The checkpoint that was gone back to right after: this one leads away from there again. */
  readonly undoes?: string;
}

export interface Restored extends Difference {
  readonly checkpoint: Checkpoint;
  /** Whether the config was put back too. */
  readonly config: boolean;
  /** Of what was before: to take it back. */
  readonly undo: string;
}

export interface Blobs {
  /** Keeps bytes under their digest; keeping them again changes nothing. */
  keep(bytes: Uint8Array): Promise<string>;
  /** Rejects `invalid` for what is not there, or is not what it was. */
  read(hash: string): Promise<Uint8Array>;
  /** Lets go of everything that is not named. */
  sweep(wanted: ReadonlySet<string>): Promise<void>;
}

export interface CheckpointParts {
  readonly store: Pick<Store, "commit" | "values">;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly blobs: Blobs;
  readonly files: (agent: string) => Promise<Files>;
  readonly config: { read(): string; write(text: string): void };
}

type About = Pick<Checkpoint, "agent" | "sessionKey" | "runId" | "reason">;

export interface Checkpoints {
  take(about: About, signal: AbortSignal): Promise<Checkpoint>;
  /** Newest first. */
  list(agent?: string): Promise<readonly Checkpoint[]>;
  /** What has changed since. */
  compare(id: string, signal: AbortSignal): Promise<Difference>;
  /** Rejects `invalid` for an unknown one. */
  restore(id: string, by: string, signal: AbortSignal): Promise<Restored>;
}

const space = "checkpoints";
/** Older ones go. */
const mostKept = 50;

export function createCheckpoints(parts: CheckpointParts): Checkpoints {
  const kept = openKept(parts);
  let turn: Promise<unknown> = Promise.resolve();
  /** One at a time: two of them would sweep what the other keeps. */
  const inTurn = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const mine = turn.then(work, work);
    turn = mine.catch(() => undefined);
    return mine;
  };
  return {
    list: kept.list,
    take: (about, signal) => inTurn(() => kept.take(about, signal)),
    async compare(id, signal) {
      const checkpoint = await kept.find(id);
      return inTurn(async () => differences(await kept.tree(checkpoint), await kept.look(checkpoint.agent, signal)));
    },
    async restore(id, by, signal) {
      const checkpoint = await kept.find(id);
      return inTurn(() => goBack(checkpoint, { by, signal }, kept, parts));
    },
  };
}

type Kept = ReturnType<typeof openKept>;

/** What was kept so far, and how to keep more. */
function openKept(parts: CheckpointParts) {
  const { store, clock, blobs } = parts;
  const newest = new Map<string, Tree>();
  const list = async (agent?: string): Promise<readonly Checkpoint[]> =>
    (await store.values(space).list())
      .map(({ value }) => value as unknown as Checkpoint)
      .filter((one) => agent === undefined || one.agent === agent)
      .sort((a, b) => b.at - a.at || (a.id < b.id ? 1 : -1));
  const tree = async (checkpoint: Checkpoint): Promise<Tree> =>
    JSON.parse(new TextDecoder().decode(await blobs.read(checkpoint.tree))) as Tree;
  const look = async (agent: string, signal: AbortSignal): Promise<Tree> => {
    const now = await takeTree(newest.get(agent), { files: await parts.files(agent), keep: blobs.keep, signal });
    newest.set(agent, now);
    return now;
  };
  return {
    ...{ list, tree, look },
    forget: (agent: string) => newest.delete(agent),
    async find(id: string): Promise<Checkpoint> {
      const all = await list();
      const one = all.find((item) => item.id === id) ?? all.find((item) => item.id.startsWith(id) && id.length >= 4);
      if (one) return one;
      throw new Fault("invalid", "checkpoint.unknown", `There is no checkpoint ${id}.`, {
        hint: "homarus checkpoints shows them, as does /rollback list.",
      });
    },
    /** What it undoes stays, however old it is: somebody is on the way back to it. */
    async take(about: About & Pick<Checkpoint, "undoes">, signal: AbortSignal): Promise<Checkpoint> {
      const now = await look(about.agent, signal);
      const encoder = new TextEncoder();
      const files = Object.values(now.files);
      const checkpoint: Checkpoint = {
        ...{ id: parts.newId().replaceAll("-", "").slice(0, 12), at: clock.now(), ...about, files: files.length },
        bytes: files.reduce((sum, { size }) => sum + size, 0),
        tree: await blobs.keep(encoder.encode(JSON.stringify(now))),
        config: await blobs.keep(encoder.encode(parts.config.read())),
      };
      await store.values(space).set(checkpoint.id, checkpoint as unknown as Json);
      await sweep(await list(), { spared: about.undoes, newest: [...newest.values()], treeOf: tree }, parts);
      return checkpoint;
    },
  };
}

async function goBack(
  checkpoint: Checkpoint,
  { by, signal }: { readonly by: string; readonly signal: AbortSignal },
  kept: Kept,
  parts: CheckpointParts,
): Promise<Restored> {
  const { id, agent, sessionKey, runId } = checkpoint;
  const wanted = await kept.tree(checkpoint);
  const about = { agent, sessionKey, runId, reason: `before going back to ${id}`, undoes: id };
  const undo = await kept.take(about, signal);
  const way = differences(await kept.tree(undo), wanted);
  await putBack(wanted, way, await parts.files(agent), parts.blobs);
  kept.forget(agent);
  const config = await putConfigBack(checkpoint, parts);
  const counts = {
    ...{ changed: way.changed.length, added: way.added.length, gone: way.gone.length },
    ...(way.left.length === 0 ? {} : { left: way.left.length }),
  };
  const record: AuditRecord = {
    ...{ type: "checkpoint", at: parts.clock.now(), actor: by, action: "goes back to a checkpoint", agent, sessionKey },
    detail: { checkpoint: id, undo: undo.id, ...counts },
  };
  await parts.store.commit([{ type: "audit", record }]);
  return { ...way, checkpoint, config, undo: undo.id };
}

/** What is to be there is written before what is not goes: a crash between leaves too much, never too little. */
async function putBack(wanted: Tree, { changed, added, gone }: Difference, files: Files, blobs: Blobs): Promise<void> {
  for (const path of [...changed, ...added]) {
    const file = wanted.files[path];
    if (file) await files.write(path, await blobs.read(file.hash));
  }
  for (const path of gone) await files.remove(path);
}

async function putConfigBack({ config }: Checkpoint, { blobs, config: settings }: CheckpointParts): Promise<boolean> {
  const text = new TextDecoder().decode(await blobs.read(config));
  if (text === settings.read()) return false;
  settings.write(text);
  return true;
}

interface Staying {
  /** Stays, however old it is. */
  readonly spared: string | undefined;
  /** The next look takes from these what was not touched since, without reading it again. */
  readonly newest: readonly Tree[];
  readonly treeOf: (checkpoint: Checkpoint) => Promise<Tree>;
}

/** The oldest go, and with them the bytes that no other needs. */
async function sweep(
  all: readonly Checkpoint[],
  { spared, newest, treeOf }: Staying,
  { store, blobs }: CheckpointParts,
): Promise<void> {
  const staying = all.filter(({ id }, index) => index < mostKept || id === spared);
  if (staying.length === all.length) return;
  for (const { id } of all) if (!staying.some((one) => one.id === id)) await store.values(space).remove(id);
  const wanted = new Set<string>();
  const want = (tree: Tree): void => {
    for (const { hash } of Object.values(tree.files)) wanted.add(hash);
  };
  for (const tree of newest) want(tree);
  for (const checkpoint of staying) {
    wanted.add(checkpoint.tree);
    wanted.add(checkpoint.config);
    want(await treeOf(checkpoint));
  }
  await blobs.sweep(wanted);
}
