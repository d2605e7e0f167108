// The guard: judges what a shell command would do, from its tree. Never runs anything, and never allows what it cannot
// read.
import { type Course, type Frame, walkTree } from "./course.ts";
import { keptScript } from "./kept.ts";
import { neutralPlace } from "./neutral.ts";
import type { ParseShell, ShellNode } from "./node.ts";
import { fitsPattern, isListed } from "./patterns.ts";
import { families } from "./rules/table.ts";
import { openScope } from "./scope.ts";
import {
  type Command,
  type CommandVerdict,
  type Finding,
  type GuardSettings,
  hardest,
  type Rule,
  type Scene,
} from "./verdict.ts";
import { walkNode } from "./walk.ts";

/** Longer than this no command is read. */
const longest = 20_000;

/** The verdict on a command's text; `settings.workspace` may lie anywhere. */
export function judgeText(text: string, settings: GuardSettings, parse: ParseShell): CommandVerdict {
  const { hide, show, workspace } = neutralPlace(settings.workspace);
  const { readFile, allow, deny } = settings;
  const parseThere: ParseShell = (inner) => parse(hide(inner));
  const there: GuardSettings = {
    ...{ ...settings, workspace, allow: allow.map(hide), deny: deny.map(hide) },
    ...(readFile && { readFile: (path: string) => readFile(show(path)) }),
  };
  const { decision, reason, findings } = judgeCommand(parseThere(text), there, parseThere);
  return {
    ...{ decision, reason: show(reason) },
    findings: findings.map((found) => ({ ...found, text: show(found.text), reason: show(found.reason) })),
  };
}

/** `tree` is undefined where the text is nested too deep; `parse` reads the texts inside of it. */
export function judgeCommand(tree: ShellNode | undefined, settings: GuardSettings, parse: ParseShell): CommandVerdict {
  if (tree === undefined || tree.text.length > longest) {
    const text = tree?.text.slice(0, 300) ?? "";
    return verdictOf([
      { rule: "text.length", decision: "ask", text, reason: "is longer or deeper than the guard reads" },
    ]);
  }
  const course: Course = {
    settings,
    parse,
    commands: [],
    findings: [],
    steps: 0,
    uncalled: new Map(),
    walk: (node, frame) => walkNode(course, node, frame),
  };
  const frame: Frame = {
    ...{ scope: openScope(settings.workspace), input: undefined, remote: false, background: false, looped: false },
    ...{ depth: 0, calls: [], writes: [] },
  };
  walkTree(course, tree, frame);
  for (const read of course.uncalled.values()) read();
  const scene: Scene = { settings, commands: course.commands };
  const found = course.commands.flatMap((command) => [
    ...ruleFindings(command, scene),
    ...ownerFindings(command, scene, tree.text),
  ]);
  return verdictOf([...course.findings, ...found, ...keptFindings(course, scene)]);
}

/** So many files are read for one command. */
const mostKept = 4;

/** Of scripts that lie there only what would be denied counts, as a question: their owner knows the rest. */
function keptFindings({ commands, parse }: Course, { settings }: Scene): Finding[] {
  if (settings.readFile === undefined) return [];
  const kept = commands.flatMap((command) => keptScript(command, settings) ?? []);
  const { readFile: _, ...plain } = settings;
  return kept
    .filter(({ text }, index) => kept.findIndex((other) => other.text === text) === index)
    .slice(0, mostKept)
    .flatMap(({ name, text }) => {
      const inside = judgeCommand(parse(text.slice(0, longest)), { ...plain, mode: "guard" }, parse);
      const worst = inside.findings.find(({ decision }) => decision === "deny");
      // Nothing of the file's own words: it may be no script at all.
      return worst === undefined
        ? []
        : [
            {
              rule: "script.kept",
              decision: "ask" as const,
              text: name,
              reason: `is a file whose commands would be refused: it ${worst.reason}`,
            },
          ];
    });
}

function ruleFindings(command: Command, scene: Scene): Finding[] {
  const findings: Finding[] = [];
  for (const rule of rulesFor(command.name))
    if (fits(rule, command, scene))
      findings.push({ rule: rule.rule, decision: rule.decision, text: shown(command), reason: rule.reason });
  return findings;
}

/** The rules that may fit a program, found once for each name; strange names are not kept for ever. */
const byName = new Map<string, readonly Rule[]>();
const mostNames = 2_000;

function rulesFor(name: string): readonly Rule[] {
  const known = byName.get(name);
  if (known !== undefined) return known;
  const rules = families.filter((rule) => rule.on === undefined || rule.on.test(name));
  if (byName.size >= mostNames) byName.clear();
  if (name.length <= 40) byName.set(name, rules);
  return rules;
}

function fits(rule: Rule, command: Command, scene: Scene): boolean {
  if (rule.args !== undefined && !rule.args.test(command.line)) return false;
  return rule.when === undefined || rule.when(command, scene);
}

function ownerFindings(command: Command, { settings }: Scene, whole: string): Finding[] {
  const findings: Finding[] = [];
  const denied = settings.deny.find((pattern) => fitsPattern(pattern, command, whole));
  if (denied !== undefined)
    findings.push({
      rule: "owner.deny",
      decision: "deny",
      text: shown(command),
      reason: `fits the owner's pattern ${denied}`,
    });
  if (settings.mode === "allowlist" && !isListed(settings.allow, command))
    findings.push({
      rule: "owner.allowlist",
      decision: "ask",
      text: shown(command),
      reason: "is not on the owner's list of commands",
    });
  return findings;
}

function shown(command: Command): string {
  const writes = command.writes.map((write) => `${write.by} ${write.path}`);
  const name = command.name.replace(/:$/, "");
  return [name, ...command.args.map((word) => word.text), ...writes]
    .join(" ")
    .trim()
    .replaceAll("\uFFFC", "…")
    .slice(0, 300);
}

function verdictOf(all: readonly Finding[]): CommandVerdict {
  const findings = all
    .filter(
      (found, index) => all.findIndex((other) => other.rule === found.rule && other.text === found.text) === index,
    )
    .slice(0, 20);
  const decision = hardest(findings.map((found) => found.decision));
  const decisive = findings.filter((found) => found.decision === decision).slice(0, 3);
  const told = decisive.map((found) =>
    found.text === "" ? `It ${found.reason}.` : `\`${found.text}\` ${found.reason}.`,
  );
  return { decision, reason: told.join(" "), findings };
}
