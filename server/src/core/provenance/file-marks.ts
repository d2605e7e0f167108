// Which files of a workspace hold words of strangers: those written while such words were in the conversation. Whoever
// reads them later has them in the conversation too; the owner can say that a file is fine.
import { addMarks, type Json, type Mark, type Store, type Write } from "@homarus/sdk";

export interface FileMarks {
  /** Must have resolved before the others are asked. */
  load(): Promise<void>;
  /** Of the paths, and of everything below them. */
  of(agent: string, paths: readonly string[]): readonly Mark[];
  /** Of any file of the workspace. */
  all(agent: string): readonly Mark[];
  /**
   * Writes that mark the paths; empty where that changes nothing. They count from now on, and are asked for again until
   * the store is seen to have them.
   */
  mark(agent: string, paths: readonly string[], marks: readonly Mark[], at: number): readonly Write[];
  list(): readonly MarkedFile[];
  /** Takes the marks of a path away; false where it has none of its own. */
  trust(agent: string, path: string): Promise<boolean>;
}

export interface MarkedFile {
  readonly agent: string;
  /** With a slash at the end it is a folder with all in it; "/" is the whole workspace. */
  readonly path: string;
  readonly marks: readonly Mark[];
}

const space = "file-marks";
/** Beyond so many, what stands beside each other is marked as one folder: no mark is ever forgotten for want of room. */
export const mostMarkedFiles = 5_000;

export function createFileMarks(store: Pick<Store, "values">): FileMarks {
  const kept = openKept(store);
  const { files } = kept;
  const own = (agent: string): MarkedFile[] => [...files.values()].filter((file) => file.agent === agent);
  return {
    load: kept.load,
    of: (agent, paths) => {
      if (files.size === 0) return [];
      const wanted = paths.map(plainPath);
      return own(agent)
        .filter(({ path }) => wanted.some((item) => isWithin(path, item) || isCovered(item, path)))
        .map(markOf);
    },
    all: (agent) => own(agent).map(markOf),
    mark(agent, paths, marks, at) {
      if (marks.length === 0) return [];
      const fresh = marks.map((mark) => ({ ...mark, at }));
      return paths.flatMap((item): readonly Write[] => {
        const path = plainPath(item);
        const known = [path, ...foldersOf(path)].map((place) => files.get(keyOf({ agent, path: place }))).find(Boolean);
        if (!known && files.size >= mostMarkedFiles)
          return markTogether({ agent, path, marks: fresh }, own(agent), kept);
        const before = known ?? { agent, path, marks: [] };
        const all = addMarks(before.marks, fresh);
        return all === before.marks && kept.isSure(before) ? [] : [kept.put({ ...before, marks: all })];
      });
    },
    list: () => [...files.values()],
    async trust(agent, path) {
      const plain = plainPath(path);
      const file = files.get(keyOf({ agent, path: plain })) ?? files.get(keyOf({ agent, path: `${plain}/` }));
      if (!file) return false;
      await store.values(space).remove(keyOf(file));
      kept.drop(file);
      return true;
    },
  };
}

type Kept = ReturnType<typeof openKept>;

/** What counts now, and what of it the store has. */
function openKept(store: Pick<Store, "values">) {
  const files = new Map<string, MarkedFile>();
  /** Handed out to be written, and not yet seen in the store. */
  const unsure = new Set<string>();
  let loading: Promise<void> | undefined;
  const read = async (): Promise<void> => {
    for (const { key, value } of await store.values(space).list()) files.set(key, value as unknown as MarkedFile);
  };
  return {
    files,
    async load(): Promise<void> {
      loading ??= read().catch((thrown: unknown) => {
        loading = undefined;
        throw thrown;
      });
      await loading;
      for (const key of [...unsure]) if (isSame(await store.values(space).get(key), files.get(key))) unsure.delete(key);
    },
    isSure: (file: MarkedFile): boolean => !unsure.has(keyOf(file)),
    put(file: MarkedFile): Write {
      const key = keyOf(file);
      files.set(key, file);
      unsure.add(key);
      return { type: "value-put", space, key, value: file as unknown as Json };
    },
    drop(file: MarkedFile): Write {
      const key = keyOf(file);
      files.delete(key);
      unsure.delete(key);
      return { type: "value-remove", space, key };
    },
  };
}

/** Marks the nearest folder above that others with marks are in too, in their place: that makes room. */
function markTogether({ agent, path, marks }: MarkedFile, mine: readonly MarkedFile[], kept: Kept): readonly Write[] {
  const folder = foldersOf(path).find((place) => mine.some((file) => isCovered(file.path, place))) ?? "/";
  const inside = mine.filter((file) => isCovered(file.path, folder));
  const together = inside.reduce((all, file) => addMarks(all, file.marks), marks);
  return [kept.put({ agent, path: folder, marks: together }), ...inside.map(kept.drop)];
}

function keyOf({ agent, path }: Pick<MarkedFile, "agent" | "path">): string {
  return `${agent}:${path}`;
}

function markOf({ path }: MarkedFile): Mark {
  return { from: "file", what: path, at: 0 };
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Whether a marked path is the one that is asked for, or below it. */
function isWithin(marked: string, asked: string): boolean {
  return asked === "" || marked === asked || marked.startsWith(`${asked}/`);
}

/** Whether a marked folder holds the path, or is it. */
function isCovered(path: string, folder: string): boolean {
  if (!folder.endsWith("/")) return false;
  return folder === "/" || path.startsWith(folder) || `${path}/` === folder;
}

/** Itself as a folder and the folders above, nearest first. */
function foldersOf(path: string): readonly string[] {
  const names = path.split("/");
  return [...names.map((_, index) => `${names.slice(0, names.length - index).join("/")}/`), "/"];
}

function plainPath(path: string): string {
  return path
    .split("/")
    .filter((part) => part !== "" && part !== ".")
    .join("/");
}
