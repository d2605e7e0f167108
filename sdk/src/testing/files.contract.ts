// What every Files promises: one folder, whole replacements, and no way out of it.
import { isFault } from "../errors.ts";
import type { Files } from "../ports/files.ts";
import { type ContractCase, expectSame, expectThat } from "./contract.ts";

export interface FilesWorld {
  /** On an empty folder. */
  files: Files;
  /** The folder's absolute path. */
  root: string;
  /** Absolute path of a file beside the folder that holds `secret`. */
  secret: string;
  /** Makes a symbolic link inside the folder, behind the back of `files`. */
  link: (path: string, target: string) => Promise<void>;
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

async function textOf(files: Files, path: string): Promise<string> {
  return new TextDecoder().decode(await files.read(path, { maxBytes: 1000 }));
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "no fault",
    (thrown: unknown) => (isFault(thrown) ? `${thrown.kind} ${thrown.code}` : `not a Fault: ${String(thrown)}`),
  );
}

async function walked(files: Files, path: string, signal = new AbortController().signal): Promise<string[]> {
  const found: string[] = [];
  for await (const item of files.walk(path, signal)) found.push(item.path);
  return found;
}

/** Every call that takes a path, so that a rule about paths is asked of all of them. */
function everyCall(files: Files, path: string): readonly (readonly [name: string, call: () => Promise<unknown>])[] {
  return [
    ["read", () => files.read(path, { maxBytes: 10 })],
    ["write", () => files.write(path, bytes("x"))],
    ["append", () => files.write(path, bytes("x"), { append: true })],
    ["facts", () => files.facts(path)],
    ["list", () => files.list(path)],
    ["walk", () => walked(files, path)],
    ["remove", () => files.remove(path)],
  ];
}

async function expectRefused(files: Files, path: string, code: string): Promise<void> {
  for (const [name, call] of everyCall(files, path))
    expectSame(await codeOf(call()), code, `${name} of ${JSON.stringify(path)}`);
}

export const filesContract: readonly ContractCase<FilesWorld>[] = [
  {
    name: "gives back what was written, and makes missing folders",
    async run({ files }) {
      await files.write("a/b/note.txt", bytes("hello"));
      expectSame(await textOf(files, "a/b/note.txt"), "hello", "the text");
      await files.write("a/b/note.txt", bytes("anew"));
      expectSame(await textOf(files, "a/b/note.txt"), "anew", "the text after it was replaced");
      await files.write("empty", bytes(""));
      expectSame(await textOf(files, "empty"), "", "an empty file");
    },
  },
  {
    name: "reads a part",
    async run({ files }) {
      await files.write("n", bytes("0123456789"));
      const part = async (maxBytes: number, offset: number) =>
        new TextDecoder().decode(await files.read("n", { maxBytes, offset }));
      expectSame(
        [await part(3, 0), await part(3, 8), await part(3, 10), await part(3, 99)],
        ["012", "89", "", ""],
        "parts",
      );
    },
  },
  {
    name: "appends, also to a file that is not there",
    async run({ files }) {
      await files.write("log", bytes("a"), { append: true });
      await files.write("log", bytes("b"), { append: true });
      expectSame(await textOf(files, "log"), "ab", "both");
    },
  },
  {
    name: "tells facts, and undefined of what is not there",
    async run({ files }) {
      await files.write("d/f", bytes("four"));
      const facts = await files.facts("d/f");
      expectSame([facts?.path, facts?.type, facts?.size], ["d/f", "file", 4], "a file");
      expectSame((await files.facts("d"))?.type, "folder", "a folder");
      expectSame((await files.facts(""))?.type, "folder", "the root");
      expectSame([await files.facts("no"), await files.facts("d/f/no")], [undefined, undefined], "nothing");
    },
  },
  {
    name: "lists by name and walks folders before their contents",
    async run({ files, link, secret }) {
      for (const path of ["b", "a/2", "a/1/x", "c"]) await files.write(path, bytes(""));
      await link("l", secret);
      expectSame(
        (await files.list("")).map((item) => `${item.path} ${item.type}`),
        ["a folder", "b file", "c file", "l link"],
        "list",
      );
      expectSame(
        (await files.list("a")).map((item) => item.path),
        ["a/1", "a/2"],
        "list of a folder below",
      );
      expectSame(await walked(files, "."), ["a", "a/1", "a/1/x", "a/2", "b", "c", "l"], "walk");
      expectSame(await walked(files, "a"), ["a/1", "a/1/x", "a/2"], "walk of a folder below");
      expectSame(await walked(files, "", AbortSignal.abort()), [], "walk when aborted");
    },
  },
  {
    name: "says what is wrong with a path",
    async run({ files }) {
      await files.write("d/f", bytes(""));
      expectSame(await codeOf(files.read("no", { maxBytes: 1 })), "invalid files.not-found", "missing");
      expectSame(
        await codeOf(files.read("no/such/file", { maxBytes: 1 })),
        "invalid files.not-found",
        "missing folder",
      );
      expectSame(await codeOf(files.read("d", { maxBytes: 1 })), "invalid files.not-a-file", "read of a folder");
      expectSame(await codeOf(files.write("d", bytes(""))), "invalid files.not-a-file", "write over a folder");
      expectSame(await codeOf(files.list("d/f")), "invalid files.not-a-folder", "list of a file");
      expectSame(await codeOf(files.write("d/f/g", bytes(""))), "invalid files.not-a-folder", "write below a file");
      expectSame(await codeOf(files.remove("no")), "invalid files.not-found", "remove of what is missing");
      for (const path of ["a\0b", "x".repeat(300), "\ud800"])
        expectSame(await codeOf(files.read(path, { maxBytes: 1 })), "invalid files.bad-path", "a name that cannot be");
    },
  },
  {
    name: "removes files, and folders with what they hold",
    async run({ files }) {
      await files.write("d/e/f", bytes(""));
      await files.remove("d/e/f");
      expectSame(await walked(files, ""), ["d", "d/e"], "the file is gone");
      await files.write("d/g", bytes(""));
      await files.remove("d");
      expectSame(await walked(files, ""), [], "all is gone");
      expectThat((await codeOf(files.remove(""))) !== "no fault", "the folder itself stays");
    },
  },
  {
    name: "[L17] refuses paths that lead out of the folder",
    async run({ files, root, secret }) {
      for (const path of [
        "..",
        "../x",
        "a/../../x",
        secret,
        "/",
        "/etc/passwd",
        `${root}-not`,
        `${root}/../x`,
        "./../x",
      ]) {
        await expectRefused(files, path, "denied files.outside");
      }
    },
  },
  {
    name: "takes odd paths that stay inside for what they are",
    async run({ files, root }) {
      await files.write(`${root}/d/f`, bytes("1"));
      for (const path of ["d/f", "./d//f", "d/../d/f", `${root}/d/f`, `${root}//d/./f`])
        expectSame(await textOf(files, path), "1", path);
      await files.write("grüße/日本 📁.txt", bytes("2"));
      expectSame(
        (await files.list("grüße")).map((item) => item.path),
        ["grüße/日本 📁.txt"],
        "names of any script",
      );
      await files.write("...", bytes("3"));
      expectSame(await textOf(files, "..."), "3", "three dots are a name");
    },
  },
  {
    name: "[L17] follows no symbolic link, wherever it stands and wherever it leads",
    async run({ files, link, secret }) {
      await files.write("real/f", bytes("inside"));
      await link("file-out", secret);
      await link("folder-out", secret.slice(0, secret.lastIndexOf("/")));
      await link("folder-in", "real");
      await link("dangling", "nowhere");
      const name = secret.slice(secret.lastIndexOf("/") + 1);
      for (const path of [`folder-out/${name}`, "folder-in/f", "dangling/f"])
        await expectRefused(files, path, "denied files.outside");
      for (const path of ["file-out", "folder-out", "folder-in", "dangling"]) {
        expectSame(await codeOf(files.read(path, { maxBytes: 9 })), "denied files.outside", `read of ${path}`);
        expectSame(await codeOf(files.write(path, bytes("x"))), "denied files.outside", `write of ${path}`);
        expectSame(
          await codeOf(files.write(path, bytes("x"), { append: true })),
          "denied files.outside",
          `append to ${path}`,
        );
        expectSame(await codeOf(files.list(path)), "denied files.outside", `list of ${path}`);
        expectSame((await files.facts(path))?.type, "link", `facts of ${path}`);
      }
      await files.remove("folder-in");
      expectSame(await textOf(files, "real/f"), "inside", "what the removed link led to is still there");
    },
  },
];
