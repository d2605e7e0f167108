// Goes over a tree as a shell would: keeps variables and functions, joins pipes, and hands each command on to be run in
// thought. Both ways of a branch are gone; a loop over known words takes each of them.
import { addFinding, type Course, empty, type Frame, joinStreams, mostSteps, walkText } from "./course.ts";
import { nodesOf, type ShellNode } from "./node.ts";
import { resolvePath } from "./places.ts";
import { runWords } from "./run.ts";
import { subScope } from "./scope.ts";
import { type Command, hole, type Stream, type Word, type Write } from "./verdict.ts";
import { expandText, expandWord, insideOf, type Substitute } from "./words.ts";

type Visitor = (course: Course, node: ShellNode, frame: Frame) => Stream;

const substitutions = new Set(["command_substitution", "process_substitution"]);
/** What is expanded by its text, so that commands within are to be walked apart. */
const expansions = new Set(["expansion", "arithmetic_expansion", "subscript"]);
const redirects = /^(file_redirect|heredoc_redirect|herestring_redirect)$/;
const mostTurns = 12;

/** Walks any node; what comes out is what it would print. */
export function walkNode(course: Course, node: ShellNode, frame: Frame): Stream {
  const visit = visitors[node.type];
  return visit === undefined ? walkChildren(course, node, frame) : visit(course, node, frame);
}

function walkChildren(course: Course, node: ShellNode, frame: Frame): Stream {
  const streams: Stream[] = [];
  for (const [index, child] of node.children.entries()) {
    if (child.children.length === 0) continue;
    const background = frame.background || node.children[index + 1]?.type === "&";
    streams.push(walkNode(course, child, background === frame.background ? frame : { ...frame, background }));
  }
  return joinStreams(streams);
}

const inSubshell: Visitor = (course, node, frame) =>
  walkChildren(course, node, { ...frame, scope: subScope(frame.scope) });
const asLoop: Visitor = (course, node, frame) => {
  const inside = { ...frame, looped: true };
  // Without a condition it is `while :`.
  if (/^for\s*\(\(\s*;\s*;/.test(node.text))
    runWords(course, inside, {
      words: [{ text: ":", glob: false, raw: ":" }],
      ...{ assigned: new Map(), writes: [], inner: [] },
    });
  return walkChildren(course, node, inside);
};

const visitors: Readonly<Record<string, Visitor>> = {
  subshell: inSubshell,
  pipeline: (course, node, frame) => {
    let stream = frame.input;
    for (const child of node.children) {
      if (/^\|&?$/.test(child.type)) continue;
      stream = walkNode(course, child, { ...frame, input: stream });
    }
    return stream ?? empty;
  },
  redirected_statement: redirected,
  command: (course, node, frame) => {
    const [first = node, ...later] = linesOf(node);
    const out = simple(course, first, frame, []);
    if (later.length === 0) return out;
    return joinStreams([out, ...later.map((line) => simple(course, line, { ...frame, input: undefined }, []))]);
  },
  variable_assignment: (course, node, frame) => {
    const inner: Command[] = [];
    for (const expansion of nodesOf(node, expansions)) substituteAll(course, expansion, frame, inner);
    assign(course, node, frame, inner);
    return runWords(
      course,
      { ...frame, input: { text: "", from: inner } },
      { words: [], assigned: assignedBy(node, frame), writes: [], inner },
    );
  },
  variable_assignments: walkChildren,
  declaration_command: declaration,
  unset_command: declaration,
  function_definition: (course, node, frame) => {
    const name = node.children.find((child) => child.type === "word")?.text ?? "";
    const body = node.children.findLast((child) => child.children.length > 0);
    if (body === undefined) return empty;
    frame.scope.functions.set(name, body);
    const title = { text: name, glob: false, raw: name };
    const words = [{ ...title, text: "function:" }, title, { ...title, text: body.text }];
    runWords(course, { ...frame, input: undefined }, { words, assigned: new Map(), writes: [], inner: [] });
    const positional = /\$\{?[@*1-9]/.test(body.text) ? [hole, hole, hole] : [];
    const read = (): void => {
      walkNode(course, body, { ...frame, scope: subScope(frame.scope, positional), calls: [...frame.calls, name] });
    };
    course.uncalled.set(name, read);
    return empty;
  },
  for_statement: forEach,
  while_statement: asLoop,
  c_style_for_statement: asLoop,
  test_command: (course, node, frame) => {
    substituteAll(course, node, frame, []);
    return empty;
  },
};

/** After a pipe of three the grammar may take the next line for more words of the last command; the shell would not. */
function linesOf(node: ShellNode): ShellNode[] {
  if (!node.text.includes("\n")) return [node];
  const lines: ShellNode[][] = [[]];
  let end = node.start;
  for (const child of node.children) {
    const gap = node.text.slice(end - node.start, child.start - node.start);
    if (/(^|[^\\])\n/.test(gap) && lines.at(-1)?.length !== 0) lines.push([]);
    lines.at(-1)?.push(child);
    end = child.start + child.text.length;
  }
  if (lines.length === 1) return [node];
  return lines.map((children) => {
    const [from, last] = [children[0]?.start ?? node.start, children.at(-1)];
    const text = node.text.slice(from - node.start, (last?.start ?? from) + (last?.text.length ?? 0) - node.start);
    return { ...node, children, text, start: from };
  });
}

/** `a > b`, `a << END`, also around a whole construct. */
function redirected(course: Course, node: ShellNode, frame: Frame): Stream {
  const inner: Command[] = [];
  const body = node.children.find((child) => !redirects.test(child.type));
  const found = redirectsOf(course, node, frame, inner);
  const within: Frame = { ...frame, input: found.input ?? frame.input, writes: [...frame.writes, ...found.writes] };
  let out = empty;
  if (body?.type === "command") out = simple(course, body, within, found.words);
  else if (body !== undefined && body.children.length > 0) out = walkNode(course, body, within);
  else runWords(course, within, { words: [], assigned: new Map(), writes: within.writes, inner });
  for (const write of found.writes) keepFile(frame, write, out);
  feedSubstitutions(course, node, frame, out);
  return follow(course, found.rest, frame, out);
}

/** What stands behind the mark of a here-document on the same line: a pipe, or the next command. */
function follow(course: Course, rest: readonly ShellNode[], frame: Frame, first: Stream): Stream {
  let out = first;
  for (const node of rest) {
    const next = walkNode(course, node, node.type === "pipeline" ? { ...frame, input: out } : frame);
    out = node.type === "pipeline" ? next : joinStreams([out, next]);
  }
  return out;
}

interface Redirects {
  readonly writes: Write[];
  input?: Stream;
  /** Arguments that the grammar put behind the mark of a here-document. */
  readonly words: ShellNode[];
  readonly rest: ShellNode[];
}

function redirectsOf(course: Course, node: ShellNode, frame: Frame, inner: Command[]): Redirects {
  const out: Redirects = { writes: [], words: [], rest: [] };
  for (const child of node.children) {
    if (child.type === "file_redirect") fileRedirect(course, child, frame, inner, out);
    else if (child.type === "herestring_redirect") {
      const word = child.children.at(-1);
      if (word !== undefined)
        out.input = { text: `${expandText(word, frame.scope, substituting(course, frame, inner))}\n`, from: inner };
    } else if (child.type === "heredoc_redirect") hereDocument(course, child, frame, inner, out);
  }
  return out;
}

function fileRedirect(course: Course, node: ShellNode, frame: Frame, inner: Command[], out: Redirects): void {
  const operator = node.children.find((child) => /[<>]/.test(child.type))?.type ?? ">";
  const words = node.children.filter(
    (child) => child.type !== "file_descriptor" && !/[<>]/.test(child.type) && !child.isError,
  );
  for (const [index, word] of words.entries()) {
    if (index > 0) {
      out.words.push(word);
      continue;
    }
    const path = /\{.*(,|\.\.).*\}/.test(word.text)
      ? (expandWord(word, frame.scope, substituting(course, frame, inner)).find((item) => item.text !== "")?.text ?? "")
      : expandText(word, frame.scope, substituting(course, frame, inner));
    if (/^\d+$|^-$|^\d+-$/.test(path) && operator.includes("&")) continue;
    const full = resolvePath(path, frame.scope.cwd);
    if (operator.startsWith("<"))
      out.input = {
        text: frame.scope.files.get(full)?.text ?? hole,
        from: frame.scope.files.get(full)?.from ?? inner,
        file: full,
      };
    else out.writes.push({ by: operator, path: full });
  }
}

function hereDocument(course: Course, node: ShellNode, frame: Frame, inner: Command[], out: Redirects): void {
  const line = node.text.indexOf("\n");
  const end = node.start + (line < 0 ? node.text.length : line);
  out.input = { text: hereText(course, node, frame, inner, end + 1), from: inner };
  for (const child of node.children.filter((item) => item.start < end)) {
    if (child.type === "file_redirect") fileRedirect(course, child, frame, inner, out);
    else if (/^(word|concatenation|string|raw_string|simple_expansion|expansion|number)$/.test(child.type))
      out.words.push(child);
    else if (child.children.length > 0 && !/^heredoc/.test(child.type)) out.rest.push(child);
  }
}

/** The lines between the mark and its end. The grammar takes some first lines for arguments, so it is the text that counts. */
function hereText(course: Course, node: ShellNode, frame: Frame, inner: Command[], begin: number): string {
  const part = (type: string) => node.children.find((child) => child.type === type);
  const [start, body, last] = [part("heredoc_start"), part("heredoc_body"), part("heredoc_end")];
  const flush = node.children[0]?.type === "<<-";
  const whole = node.text.slice(begin - node.start, last === undefined ? undefined : last.start - node.start);
  const tabless = (text: string): string => (flush ? text.replace(/^\t+/gm, "") : text);
  const read = body?.text.trim() === whole.trim() ? body : undefined;
  if (read === undefined || /["'\\]/.test(start?.text ?? "")) return tabless(whole);
  return tabless(insideOf(read, frame.scope, substituting(course, frame, inner)));
}

/** One command with its words; `more` are those that stand behind a here-document's mark. */
function simple(course: Course, node: ShellNode, frame: Frame, more: readonly ShellNode[]): Stream {
  const inner: Command[] = [];
  const found = redirectsOf(course, node, frame, inner);
  const substitute = substituting(course, { ...frame, input: found.input ?? frame.input }, inner);
  for (const expansion of nodesOf(node, expansions)) substituteAll(course, expansion, frame, inner);
  const parts = [...node.children, ...found.words, ...more].filter((child) => !redirects.test(child.type));
  const [settings, named] = [parts.filter(isSetting), parts.filter((child) => !isSetting(child))];
  const assigned = new Map(settings.flatMap((child) => [...assignedBy(child, frame, substitute)]));
  if (named.length === 0) for (const child of settings) assign(course, child, frame, inner);
  const words = named
    .flatMap((child) => (child.type === "command_name" ? child.children : [child]))
    .flatMap((child) => expandWord(child, frame.scope, substitute));
  inner.push(...originsIn(node.text, frame));
  const writes = [...frame.writes, ...found.writes];
  const within = { ...frame, input: found.input ?? frame.input };
  const out = runWords(course, within, { words, assigned, writes, inner, raw: node.text });
  for (const write of found.writes) keepFile(frame, write, out);
  feedSubstitutions(course, node, frame, out);
  return out;
}

/** Commands whose output reaches a text through the variables it names. */
function originsIn(text: string, frame: Frame): readonly Command[] {
  if (frame.scope.origins.size === 0) return [];
  return [...new Set(Array.from(text.matchAll(/\$\{?(\w+)/g), (found) => found[1] ?? ""))].flatMap(
    (name) => frame.scope.origins.get(name) ?? [],
  );
}

const isSetting = (node: ShellNode): boolean => node.type === "variable_assignment";

/** `a > >(b)`: what is written there is what `b` reads. */
function feedSubstitutions(course: Course, node: ShellNode, frame: Frame, out: Stream): void {
  for (const child of node.children.filter((item) => item.type === "file_redirect"))
    for (const part of child.children.filter((item) => item.text.startsWith(">(")))
      walkChildren(course, part, { ...frame, scope: subScope(frame.scope), input: out, writes: [] });
}

/** A file that this text writes is known when the text later runs it. */
function keepFile(frame: Frame, write: Write, out: Stream): void {
  if (!write.by.includes(">")) return;
  const before = write.by.includes(">>") ? frame.scope.files.get(write.path) : undefined;
  frame.scope.files.set(write.path, joinStreams(before === undefined ? [out] : [before, out]));
}

function substituting(course: Course, frame: Frame, inner: Command[]): Substitute {
  return (node) => {
    // What is written into `>(..)` is what the command itself reads, as with tee.
    const input = node.text.startsWith(">(") ? frame.input : undefined;
    const stream = walkChildren(course, node, { ...frame, scope: subScope(frame.scope), input, writes: [] });
    inner.push(...stream.from);
    if (node.type !== "process_substitution") return fileRead(course, node, frame, inner) ?? stream.text;
    const path = `/dev/fd/${60 + frame.scope.files.size}`;
    frame.scope.files.set(path, stream);
    return path;
  };
}

/** `$(< file)` */
function fileRead(course: Course, node: ShellNode, frame: Frame, inner: Command[]): string | undefined {
  const path = /^\$\(\s*<\s*(\S+)\s*\)$/.exec(node.text)?.[1];
  if (path === undefined) return undefined;
  const file = resolvePath(path.replace(/["']/g, "").replace(/^\$\{?HOME\}?/, "~"), frame.scope.cwd);
  const text = frame.scope.files.get(file)?.text ?? hole;
  const word = { text: file, glob: false, raw: path };
  const read = { words: [{ text: "cat", glob: false, raw: "cat" }, word], assigned: new Map(), writes: [], inner: [] };
  inner.push(...runWords(course, { ...frame, input: undefined }, read).from);
  return text;
}

function substituteAll(course: Course, node: ShellNode, frame: Frame, inner: Command[]): void {
  for (const found of nodesOf(node, substitutions)) substituting(course, frame, inner)(found);
  if (node.type !== "expansion") return;
  // The grammar takes backticks within an expansion for plain text.
  for (const found of node.text.matchAll(/`([^`]+)`/g))
    inner.push(...walkText(course, found[1] ?? "", { ...frame, scope: subScope(frame.scope), writes: [] }).from);
}

function assignedBy(node: ShellNode, frame: Frame, substitute: Substitute = () => hole): Map<string, string> {
  const [name, , value] = node.children;
  const text = value === undefined ? "" : expandText(value, frame.scope, substitute);
  return new Map([[name?.text ?? "", text]]);
}

function assign(course: Course, node: ShellNode, frame: Frame, inner: Command[]): void {
  const [name, sign, value] = node.children;
  const key = name?.text.replace(/\[.*$/, "") ?? "";
  const substitute = substituting(course, frame, inner);
  const { arrays, variables, origins } = frame.scope;
  const kept = (): Map<string, readonly Command[]> =>
    origins.set(key, [...inner, ...originsIn(value?.text ?? "", frame)].slice(0, 20));
  if (value?.type === "array") {
    const items = value.children
      .filter((child) => !/^[()]$/.test(child.type))
      .flatMap((child) => expandWord(child, frame.scope, substitute));
    const words = items.map(({ text }) => {
      const [, own, rest = ""] = /^\[([^\]]+)\]=(.*)$/s.exec(text) ?? [];
      if (own !== undefined) variables.set(`${key}[${own}]`, rest);
      return own === undefined ? text : rest;
    });
    arrays.set(key, sign?.type === "+=" ? [...(arrays.get(key) ?? []), ...words] : words);
    kept();
    return;
  }
  const text = value === undefined ? "" : expandText(value, frame.scope, substitute);
  if (/@P\}/.test(value?.text ?? ""))
    addFinding(course, "hidden.prompt", "ask", value?.text ?? "", "would run what stands in a variable's value");
  kept();
  if (name?.type === "subscript") {
    variables.set(name.text.replace(/["']/g, ""), text);
    arrays.set(key, [...(arrays.get(key) ?? []), text]);
  } else variables.set(key, sign?.type === "+=" ? (variables.get(key) ?? "") + text : text);
}

function declaration(course: Course, node: ShellNode, frame: Frame): Stream {
  const inner: Command[] = [];
  const assigned = new Map<string, string>();
  const words: Word[] = [];
  for (const child of node.children) {
    if (child.type === "variable_assignment") {
      assign(course, child, frame, inner);
      const key = child.children[0]?.text ?? "";
      // Another name for a variable may stand for anything later on.
      if (words.some((word) => /^-\w*n/.test(word.text)) && !/^(export|readonly)$/.test(words[0]?.text ?? ""))
        frame.scope.variables.set(key, hole);
      assigned.set(key, frame.scope.variables.get(key) ?? "");
    } else words.push(...expandWord(child, frame.scope, substituting(course, frame, inner)));
  }
  runWords(course, frame, { words, assigned, writes: frame.writes, inner, raw: node.text });
  return empty;
}

function forEach(course: Course, node: ShellNode, frame: Frame): Stream {
  const name = node.children.find((child) => child.type === "variable_name")?.text ?? "";
  const body = node.children.findLast((child) => child.type === "do_group" || child.type === "compound_statement");
  const from = node.children.findIndex((child) => child.type === "in");
  const inner: Command[] = [];
  const listed =
    from < 0 ? [] : node.children.slice(from + 1).filter((child) => child !== body && !/^[;\n]$/.test(child.type));
  const words = listed.flatMap((child) => expandWord(child, frame.scope, substituting(course, frame, inner)));
  if (body === undefined) return empty;
  frame.scope.origins.set(name, inner.slice(0, 20));
  const values = words.length === 0 ? [hole] : words.map((word) => word.text).slice(0, mostTurns);
  const within = { ...frame, looped: values.length > 3 || values.some((value) => /[\uFFFC*?]/.test(value)) };
  return joinStreams(
    values.map((value) => {
      if (course.steps > mostSteps) return empty;
      frame.scope.variables.set(name, value);
      const out = walkNode(course, body, within);
      return { text: out.text, from: [...inner, ...out.from] };
    }),
  );
}
