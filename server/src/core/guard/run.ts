// One command, run in thought: steps over what only starts another, follows functions, aliases and code in arguments,
// writes down what would run, and tells what it would print.

import { effectOf } from "./builtins.ts";
import { addFinding, type Course, empty, type Frame, joinStreams, mostSteps, walkText } from "./course.ts";
import { type Code, codesOf, compilers, type Language, languageOf, shells } from "./inner.ts";
import { areaOf, resolvePath } from "./places.ts";
import { pathOf, printed } from "./prints.ts";
import { subScope } from "./scope.ts";
import { toldInShell } from "./scripts.ts";
import { type Command, hole, type Stream, type Word, type Write } from "./verdict.ts";
import { peel } from "./wrappers.ts";

interface Start {
  readonly words: readonly Word[];
  readonly assigned: ReadonlyMap<string, string>;
  readonly writes: readonly Write[];
  readonly inner: readonly Command[];
  readonly through?: readonly string[];
  readonly raw?: string;
}

/** Runs words in thought; what comes out is what it would print, and from whom. */
export function runWords(course: Course, frame: Frame, start: Start): Stream {
  course.steps += 1;
  if (course.steps > mostSteps) {
    addFinding(course, "text.length", "ask", "", "is longer than the guard reads");
    return empty;
  }
  const [first, ...args] = start.words;
  const path = first?.text ?? "";
  const called = first === undefined ? undefined : ownMeaning(course, frame, start, path, args);
  if (called !== undefined) return called;
  const name = programName(path, frame);
  const next = peel(name, args);
  if (next === undefined) return perform(course, frame, start, name, args);
  const through = [...(start.through ?? []), name];
  note(course, commandOf(frame, { ...start, through: start.through ?? [] }, `${name}:`, args));
  const inside = next.remote ? { ...frame, remote: true } : frame;
  const assigned = new Map([...start.assigned, ...next.assigned]);
  if (name !== "xargs") return runWords(course, inside, { ...start, words: next.words, assigned, through });
  return joinStreams(
    portions(args, frame.input).map((input) =>
      runWords(course, inside, { ...start, words: fed(next.words, args, input), assigned, through }),
    ),
  );
}

/** What `xargs` reads, as it hands it out: line by line where it was told so. */
function portions(args: readonly Word[], input: Stream | undefined): readonly (Stream | undefined)[] {
  const byLine = args.some(({ text }) => /^(-[LIJn]|-d|--(max-lines|max-args|replace|delimiter))/.test(text));
  const lines = input?.text.split("\n").filter((line) => line.trim() !== "") ?? [];
  if (input === undefined || !byLine || lines.length < 2 || lines.length > 20) return [input];
  return lines.map((text) => ({ ...input, text }));
}

/** The words of a command that gets its last ones, or those at its mark, from what is read. */
function fed(words: readonly Word[], args: readonly Word[], input: Stream | undefined): Word[] {
  const reads = args.slice(0, args.length - words.length).some((word) => /^(-a|--arg-file)/.test(word.text));
  const name = words[0]?.text.split("/").at(-1) ?? "";
  const taken = marked(words, args);
  // A shell takes the first word that it is fed for its orders.
  if (shells.test(name) && /^-\w*c$/.test(taken.at(-1)?.text ?? ""))
    return [...taken, { text: input?.text.trim().replace(/^(["'])(.*)\1$/s, "$2") || hole, glob: false, raw: hole }];
  return withInput(taken, reads ? undefined : input);
}

/** `xargs -I% a %`: the mark of its own as the usual one. */
function marked(words: readonly Word[], args: readonly Word[]): readonly Word[] {
  const at = args.findIndex((word) => /^(-[IJ]|--replace=.)/.test(word.text));
  const own = args[at]?.text.replace(/^(-[IJ]|--replace=)/, "") || args[at + 1]?.text;
  if (at < 0 || own === undefined || own === "{}") return words;
  return words.map((word) => ({ ...word, text: word.text.replaceAll(own, "{}") }));
}

/** `xargs` adds what it reads; unknown words stand for what is not known. */
function withInput(words: readonly Word[], input: Stream | undefined): Word[] {
  const known = input !== undefined && !input.text.includes(hole) && input.text.trim() !== "";
  const added = known
    ? input.text
        .trim()
        .split(/[\s\0]+/)
        .filter((part) => part !== "")
        .slice(0, 40)
    : [hole];
  const takes = words.some((word) => word.text.includes("{}"));
  if (takes) return words.map((word) => ({ ...word, text: word.text.replaceAll("{}", added.join(" ")) }));
  return [...words, ...added.map((text) => ({ text, glob: false, raw: text }))];
}

/** The name a program goes by: no folder, no copy under another name. */
function programName(path: string, frame: Frame): string {
  const copy = frame.scope.copies.get(resolvePath(path, frame.scope.cwd)) ?? frame.scope.copies.get(path);
  const text = (copy ?? path).toLowerCase() === (copy ?? path) || !/^[A-Z]+$/.test(path) ? (copy ?? path) : path;
  return (text.split("/").at(-1) ?? text).replace(/\.exe$/i, "");
}

/** Functions and aliases of the text itself. */
function ownMeaning(
  course: Course,
  frame: Frame,
  start: Start,
  path: string,
  args: readonly Word[],
): Stream | undefined {
  const body = frame.scope.functions.get(path);
  if (body !== undefined) {
    course.uncalled.delete(path);
    // A function may make another one of its own name, which is then another.
    const called = `${path} ${body.start} ${body.text.length}`;
    if (frame.calls.includes(called)) {
      note(course, commandOf(frame, start, "recursion:", args));
      return empty;
    }
    const scope = subScope(
      frame.scope,
      args.map((word) => word.text),
    );
    const out = course.walk(body, { ...frame, scope, calls: [...frame.calls, called], writes: start.writes });
    for (const [name, value] of scope.variables) frame.scope.variables.set(name, value);
    frame.scope.cwd = scope.cwd;
    return out;
  }
  const alias = frame.scope.aliases.get(path);
  if (alias === undefined || alias.split(/\s/)[0] === path || /["'\\]/.test(start.raw?.trim()[0] ?? ""))
    return undefined;
  return walkText(course, `${alias} ${args.map((word) => quotedWord(word)).join(" ")}`, frame);
}

function quotedWord(word: Word): string {
  return word.glob || !/[^\w./~=:@%+,-]/.test(word.text) ? word.text : `'${word.text.replaceAll("'", "'\\''")}'`;
}

function perform(course: Course, frame: Frame, start: Start, name: string, args: readonly Word[]): Stream {
  const command = withFile(commandOf(frame, start, name, args), frame);
  note(course, command);
  const change = effectOf(command, frame.scope);
  if (change !== undefined) walkText(course, change, frame);
  for (const code of codesOf(command)) runCode(course, frame, command, code);
  if (name === "parallel" && command.input !== undefined && args.every(({ text }) => /^-/.test(text)))
    walkText(course, command.input.text, { ...frame, input: undefined });
  const file = scriptOf(command, frame);
  if (file !== undefined) {
    const inside =
      file.language === "shell"
        ? frame
        : { ...frame, within: [...(frame.within ?? []), ...feeders(command), command.name] };
    runStream(course, inside, command, file.language, file.stream);
  }
  if (command.name === "exec" || command.name === "") keepInput(frame, command);
  const text = printed(command, frame.scope);
  return { text, from: [...(command.input?.from ?? []), ...command.inner, command] };
}

/** A file of this text that a client reads its statements from. */
function withFile(command: Command, frame: Frame): Command {
  if (
    command.input !== undefined ||
    !/^(psql|mysql|mariadb|sqlite3|mongosh?|redis-cli|sqlcmd|cqlsh)$/.test(command.name)
  )
    return command;
  const file = command.args.findLast((word) => frame.scope.files.has(resolvePath(word.text, command.cwd)));
  const input = file === undefined ? undefined : frame.scope.files.get(resolvePath(file.text, command.cwd));
  return input === undefined ? command : { ...command, input };
}

function keepInput(frame: Frame, command: Command): void {
  if (command.input !== undefined && command.name === "exec") frame.scope.files.set("/dev/stdin", command.input);
}

function commandOf(frame: Frame, start: Start, name: string, args: readonly Word[]): Command {
  return {
    ...{ name, args, path: start.words[0]?.text ?? "", raw: start.words[0]?.raw ?? "" },
    line: ` ${args.map((word) => word.text.replace(/\s/g, "\u00A0")).join(" ")} `,
    ...{ assigned: start.assigned, writes: start.writes, inner: start.inner, through: start.through ?? [] },
    ...{ input: frame.input, cwd: frame.scope.cwd, remote: frame.remote },
    ...{ background: frame.background, looped: frame.looped, within: frame.within ?? [] },
  };
}

function note(course: Course, command: Command): void {
  course.commands.push(command);
}

const feeders = ({ through }: Command): readonly string[] => through.filter((name) => /^(xargs|parallel)$/.test(name));

function runCode(course: Course, frame: Frame, command: Command, code: Code): void {
  const remote = frame.remote || code.remote === true;
  const inside: Frame = {
    ...frame,
    remote,
    writes: [],
    within: [...(frame.within ?? []), ...feeders(command), command.name],
  };
  if ("words" in code) {
    runWords(course, inside, {
      words: code.words,
      assigned: new Map(),
      writes: [],
      inner: command.inner,
      through: [...command.through, command.name],
    });
    return;
  }
  const stream: Stream = { text: code.text, from: command.inner };
  const scope =
    code.positional === undefined && command.assigned.size === 0
      ? frame.scope
      : subScope(frame.scope, code.positional ?? []);
  for (const [name, value] of command.assigned) scope.variables.set(name, value);
  if (code.zero !== undefined) scope.variables.set("0", code.zero);
  runStream(course, { ...inside, scope, input: frame.input }, command, code.language, stream);
}

/** Code that takes its arguments, and what they are. */
function withArguments(code: string, { args }: Command): string {
  if (!/\bargv\b|\bARGV\b|\$\d\b|process\.argv/.test(code)) return code;
  const given = args.filter(({ text }) => /^[~/]|\uFFFC/.test(text)).map(({ text }) => JSON.stringify(text));
  return given.length === 0 ? code : `${code}\n[${given.join(", ")}]`;
}

/** Nobody writes commands so but to hide them; what comes out may be known here, and read by nobody. */
const isDecoder = ({ name, line }: Command): boolean =>
  (/^(base64|base32|basenc)$/.test(name) && / (-\w*[dD]\w*|--decode) /.test(line)) ||
  (name === "xxd" && / -\w*r/.test(line)) ||
  (name === "openssl" && / (-d|-decrypt) /.test(line)) ||
  /^(uudecode|rev)$/.test(name);

/** Runs a text that came from somewhere; what cannot be read of it is asked about. */
function runStream(course: Course, frame: Frame, command: Command, language: Language, stream: Stream): void {
  const whole = stream.text.trim();
  if (whole === hole || (language === "shell" && whole.startsWith(hole) && !/^\uFFFC\//.test(whole))) {
    note(course, { ...command, name: "opaque:", input: stream });
    if (whole === hole) return;
  }
  if (language === "shell" && stream.from.some(isDecoder)) note(course, { ...command, name: "opaque:", input: stream });
  if (language === "shell") {
    walkText(course, stream.text, { ...frame, scope: subScope(frame.scope) });
    return;
  }
  for (const line of toldInShell(language, withArguments(stream.text, command)))
    walkText(course, line, { ...frame, scope: subScope(frame.scope), input: undefined });
}

/** The script that a command runs from its input, a pipe or a file this text wrote. */
function scriptOf(command: Command, frame: Frame): { language: Language; stream: Stream } | undefined {
  const { name, args } = command;
  const sourced = name === "source" || name === ".";
  if (/^[gmn]?awk$/.test(name)) {
    const file = args[args.findIndex((word) => word.text === "-f") + 1];
    return file === undefined || file === args[0] ? undefined : known(file.text, frame, "awk");
  }
  const language = sourced ? "shell" : languageOf(name);
  if (language === undefined) return runnable(command, frame);
  const init = args[args.findIndex((word) => startFile.test(word.text)) + 1];
  if (init !== undefined && init !== args[0]) return known(init.text, frame, "shell");
  if (
    codesOf(command).length > 0 ||
    args.some((word) => (language === "shell" ? noShellScript : noScript).test(word.text))
  )
    return undefined;
  const operand = args.find(
    (word, index) => !/^-./.test(word.text) && !/^-[oO]$/.test(args[index - 1]?.text ?? ""),
  )?.text;
  const reads = shells.test(name) && args.some((word) => /^-[a-z]*s$/.test(word.text));
  if (operand !== undefined && !reads && !ownInput.test(operand)) return known(operand, frame, language);
  return inputScript(command, frame, language);
}

const startFile = /^--(rcfile|init-file)$/;
const noScript = /^-[a-zA-Z]*[cem]$|^--?(version|help|check|test|eval)$/;
const noShellScript = /^-[a-zA-Z]*c$|^--(version|help)$/;
const ownInput = /^(-|\/dev\/(stdin|fd\/0)|\/proc\/self\/fd\/0)$/;

function inputScript(command: Command, frame: Frame, language: Language) {
  const held = command.line.includes("/dev/stdin") ? frame.scope.files.get("/dev/stdin") : undefined;
  const stream = command.input ?? held;
  // A script of the workspace that comes by `<` is as good as one that is named.
  const named = stream?.file !== undefined && stream.text === hole && areaOf(stream.file, command.cwd) === "inside";
  return stream === undefined || named ? undefined : { language, stream };
}

function runnable(command: Command, frame: Frame): { language: Language; stream: Stream } | undefined {
  if (compilers.test(command.name) && command.input !== undefined && command.args.some(({ text }) => text === "-"))
    return { language: "compiled", stream: command.input };
  if (compilers.test(command.name))
    for (const word of command.args) {
      const stream = frame.scope.files.get(resolvePath(word.text, command.cwd));
      if (stream !== undefined) return { language: "compiled", stream };
    }
  return command.path.includes("/") ? known(command.path, frame, "shell") : undefined;
}

function known(path: string, frame: Frame, spoken: Language): { language: Language; stream: Stream } | undefined {
  const stream = frame.scope.files.get(resolvePath(path, frame.scope.cwd)) ?? frame.scope.files.get(pathOf(path));
  if (stream === undefined) return undefined;
  const mark = /^#!\s*\S*?(?:env\s+)?([\w.]+)\s*$/m.exec(stream.text.split("\n")[0] ?? "")?.[1];
  const language = mark === undefined ? spoken : (languageOf(mark) ?? spoken);
  return { language, stream };
}
