// The parts that take disguises off, each by itself. That they work together is measured over the corpora.
import { expect, test } from "bun:test";
import { effectOf } from "./builtins.ts";
import { addFinding, type Course, type Frame, joinStreams, walkText, walkTree } from "./course.ts";
import { formatPrintf, fromBase32, fromBase64, fromHex, translate, unescapeAnsi } from "./decode.ts";
import { codesOf, foldersOf, languageOf } from "./inner.ts";
import { judgeCommand } from "./judge.ts";
import { errorIn, nodesOf, type ShellNode } from "./node.ts";
import { expandParameter } from "./parameters.ts";
import { fitsPattern, isListed } from "./patterns.ts";
import { areaOf, resolvePath, secrecyOf } from "./places.ts";
import { pathOf, printed } from "./prints.ts";
import { runWords } from "./run.ts";
import { openScope, subScope } from "./scope.ts";
import { toldInShell } from "./scripts.ts";
import { pathsIn } from "./secrecy.ts";
import { type Command, hardest, hole, type Word } from "./verdict.ts";
import { walkNode } from "./walk.ts";
import { expandText, expandWord, insideOf } from "./words.ts";
import { peel } from "./wrappers.ts";

const folder = "/house/workspace";
const word = (text: string): Word => ({ text, glob: /[*?]/.test(text), raw: text });
const words = (text: string): Word[] => text.split(" ").map(word);
const leaf = (type: string, text: string, start = 0): ShellNode => ({
  type,
  text,
  start,
  children: [],
  isError: false,
});
const command = (text: string, input?: string): Command => {
  const [name = "", ...args] = text.split(" ");
  return {
    ...{ name, path: name, raw: name, args: args.map(word), line: ` ${args.join(" ")} ` },
    ...{ assigned: new Map(), writes: [], inner: [], through: [], cwd: folder },
    ...{
      input: input === undefined ? undefined : { text: input, from: [] },
      remote: false,
      background: false,
      looped: false,
    },
  };
};
const courseOf = (parse: Course["parse"]): Course => ({
  settings: { mode: "guard", allow: [], deny: [], workspace: folder },
  ...{ parse, commands: [], findings: [], steps: 0, uncalled: new Map(), walk: () => ({ text: "walked", from: [] }) },
});
const frame = (): Frame => ({
  ...{ scope: openScope(folder), input: undefined, remote: false, background: false, looped: false },
  ...{ depth: 0, calls: [], writes: [] },
});

test("escapes, base64, base32, hexadecimal digits, formats and swapped letters are undone", () => {
  expect(unescapeAnsi("\\x72\\155 \\u002drf")).toBe("rm -rf");
  expect(fromBase64("cm0gLXJmIC8")).toBe("rm -rf /");
  expect(fromBase64("not base64!")).toBe(hole);
  expect(fromBase32("OJWSALLSMYQC6===")).toBe("rm -rf /");
  expect(fromHex("00000000: 726d 202d 7266 202f  rm -rf /")).toBe("rm -rf /");
  expect(formatPrintf("%s-%s\\n", ["a", "b", "c", "d"])).toBe("a-b\nc-d\n");
  expect(translate("sn", "", "a-z", "b-za")).toBe("to");
});

test("parameters are expanded as bash does, and what is unknown stays unknown", () => {
  const scope = openScope(folder);
  scope.variables.set("x", "rXm");
  scope.arrays.set("list", ["rm", "-rf"]);
  const forms = {
    $x: "rXm",
    "${x/X/}": "rm",
    "${x:0:1}": "r",
    "${x,,}": "rxm",
    "${x%m}": "rX",
    "${#x}": "3",
    "${no:-rm}": "rm",
  };
  for (const [text, value] of Object.entries(forms))
    expect([text, expandParameter(text, scope)]).toEqual([text, value]);
  expect(expandParameter("$no", scope)).toBe(hole);
  expect(expandParameter("${list[1]}", scope)).toBe("-rf");
  expect(expandParameter("$HOME", scope)).toBe("~");
  scope.variables.set("no", "set inside");
  expect(subScope(scope).variables.get("no")).toBe("set inside");
});

test("a pattern with many wildcards is not tried on a value", () => {
  const scope = openScope(folder);
  scope.variables.set("x", "a".repeat(1_500));
  expect(expandParameter("${x//*a*a*a*a*b/}", scope)).toBe(hole);
});

test("words lose their quotes, and braces and splitting make several of one", () => {
  const scope = openScope(folder);
  const none = (): string => hole;
  expect(expandWord(leaf("word", "r\\m"), scope, none).map((item) => item.text)).toEqual(["rm"]);
  expect(expandWord(leaf("word", "{rm,-rf,/}"), scope, none).map((item) => item.text)).toEqual(["rm", "-rf", "/"]);
  expect(expandWord(leaf("raw_string", "'a b*'"), scope, none)).toEqual([{ text: "a b*", glob: false, raw: "'a b*'" }]);
  expect(expandText(leaf("ansi_c_string", "$'\\x72m'"), scope, none)).toBe("rm");
  expect(insideOf(leaf("heredoc_body", "a \\$b\n"), scope, none)).toBe("a $b\n");
});

test("braces that multiply do not fill the memory", () => {
  const many = expandWord(leaf("word", "{a,b,c,d,e,f}".repeat(12)), openScope(folder), () => "");
  expect(many.length).toBeLessThanOrEqual(200);
});

test("what filters print is known where their input is", () => {
  const scope = openScope(folder);
  const prints = (text: string, input?: string): string => printed(command(text, input), scope);
  expect(prints("rev", "mr")).toBe("rm");
  expect(prints("base64 -d", "cm0=")).toBe("rm");
  expect(prints("echo -e \\x72m")).toBe("rm\n");
  expect(prints("cut -c1-2", "rmx")).toBe("rm");
  expect(prints("curl x")).toBe(hole);
  expect(pathOf("rm")).toBe("/usr/bin/rm");
});

test("builtins leave behind what later commands depend on", () => {
  const scope = openScope(folder);
  effectOf(command("cd /etc"), scope);
  effectOf(command("alias x=rm"), scope);
  effectOf(command("cp /bin/rm /tmp/x"), scope);
  effectOf(command("read a b", "rm -rf"), scope);
  expect([scope.cwd, scope.aliases.get("x"), scope.copies.get("/tmp/x"), scope.variables.get("b")]).toEqual([
    ...["/etc", "rm", "rm", "-rf"],
  ]);
});

test("programs that start others are stepped over, options and all", () => {
  const rest = (text: string): string | undefined => {
    const [name = "", ...args] = text.split(" ");
    return peel(name, args.map(word))
      ?.words.map((item) => item.text)
      .join(" ");
  };
  expect(rest("sudo -u root -- rm x")).toBe("rm x");
  expect(rest("timeout -k 5 30s rm x")).toBe("rm x");
  expect(rest("env -u A B=1 rm x")).toBe("rm x");
  expect(rest("xargs -I % rm %")).toBe("rm %");
  expect(rest("rm x")).toBeUndefined();
});

test("code in arguments is found, with its language", () => {
  expect(codesOf({ ...command("bash -lc x"), args: words("-lc x") })).toMatchObject([{ language: "shell", text: "x" }]);
  expect(codesOf(command("python3 -c print(1)"))).toMatchObject([{ language: "python", text: "print(1)" }]);
  expect(codesOf(command("find / -exec rm {} ;"))).toMatchObject([{ words: [{ text: "rm" }, { text: `/${hole}` }] }]);
  expect(foldersOf(words("-L src lib -name x"))).toEqual(["src", "lib"]);
  expect([languageOf("dash"), languageOf("perl5.36"), languageOf("ls")]).toEqual(["shell", "perl", undefined]);
});

test("code of other languages is told in shell", () => {
  expect(toldInShell("python", "import shutil; shutil.rmtree('/srv')")).toContain("rm -rf '/srv'");
  expect(toldInShell("node", "require('child_process').execSync('reboot')")).toContain("reboot");
  expect(toldInShell("python", "import subprocess; subprocess.run(['rm', '-rf', x])")).toContain("'rm' '-rf'");
  expect(toldInShell("python", "print(1 + 1)")).toEqual([]);
});

test("a place is known from its path, whatever way it is written", () => {
  const area = (path: string): string => areaOf(resolvePath(path, folder), folder);
  const areas = {
    "/": "root",
    "/*": "root",
    "~": "home",
    "~/*": "home",
    ".": "all",
    "..": "all",
    "*": "all",
    "src/../dist": "inside",
  };
  const more = {
    "/etc/passwd": "system",
    "/dev/sda": "device",
    "/dev/null": "sink",
    "/tmp/x": "temporary",
    "~/x": "outside",
  };
  for (const [path, name] of Object.entries({ ...areas, ...more })) expect([path, area(path)]).toEqual([path, name]);
  expect(area(`${hole}/*`)).toBe("root");
  expect([secrecyOf("~/.ssh/id_rsa"), secrecyOf(".env"), secrecyOf("~/.ssh/id_rsa.pub")]).toEqual([
    "strong",
    "mild",
    undefined,
  ]);
});

test("[L23] a pattern fits however short options are written, and a broken expression fits everything", () => {
  expect(fitsPattern("rm -rf *", command("rm -r -f x"), "")).toBe(true);
  expect(fitsPattern("rm -rf *", command("rm --recursive --force x"), "")).toBe(true);
  expect(fitsPattern("/^git\\s+push/", command("git push"), "")).toBe(true);
  expect(fitsPattern("/(/", command("ls"), "")).toBe(true);
  expect(fitsPattern("git push *", command("git pull"), "")).toBe(false);
});

test("[L24] a listed program is good for its name only where programs are kept", () => {
  expect(isListed(["git"], command("git status"))).toBe(true);
  expect(isListed(["git"], { ...command("git status"), path: "/usr/bin/git" })).toBe(true);
  expect(isListed(["git"], { ...command("git status"), path: "/tmp/git" })).toBe(false);
  expect(isListed(["npm run *"], command("npm publish"))).toBe(false);
});

test("what cannot be read is asked about: too long, too deep, broken, or without end", () => {
  const settings = courseOf(() => undefined).settings;
  const parse = (): undefined => undefined;
  expect(judgeCommand(undefined, settings, parse).decision).toBe("ask");
  expect(judgeCommand(leaf("program", "x".repeat(20_001)), settings, parse).decision).toBe("ask");
  const broken: ShellNode = { ...leaf("program", "a ("), children: [{ ...leaf("ERROR", "("), isError: true }] };
  expect(judgeCommand(broken, settings, parse).decision).toBe("ask");
  expect(errorIn(broken)?.type).toBe("ERROR");
  expect(nodesOf(broken, new Set(["ERROR"]))).toHaveLength(1);
  const course = courseOf(parse);
  walkText(course, "a", frame());
  walkText(course, "a", { ...frame(), depth: 99 });
  walkTree(course, broken, frame());
  expect(walkNode(course, leaf("comment", "# x"), frame()).text).toBe("");
  course.steps = 10_000;
  runWords(course, frame(), { words: words("a"), assigned: new Map(), writes: [], inner: [] });
  addFinding(course, "text.depth", "ask", "", "is told once");
  expect(course.findings.map((found) => found.rule)).toEqual(["text.depth", "text.unreadable", "text.length"]);
});

test("streams are joined, and the hardest decision wins", () => {
  expect(
    joinStreams([
      { text: "a", from: [] },
      { text: "b", from: [] },
    ]).text,
  ).toBe("ab");
  expect([hardest([]), hardest(["allow", "ask"]), hardest(["ask", "deny"])]).toEqual(["allow", "ask", "deny"]);
});

test("a path is found in a word, however the program writes it, and an address or a sentence is none", () => {
  expect(pathsIn("file=@~/a")).toContain("~/a");
  expect(pathsIn("me:/etc/b")).toContain("/etc/b");
  expect(pathsIn("-T/etc/c")).toContain("/etc/c");
  expect(pathsIn("https://host.example/.env")).toEqual([]);
  expect(pathsIn("read the /etc/hosts")).toEqual([]);
});
