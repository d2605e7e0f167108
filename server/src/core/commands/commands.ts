// Commands: one system on every channel, written `/name` or `!name`. They are answered by the house, without a model.

export interface Command {
  readonly name: string;
  readonly aliases: readonly string[];
  /** How it is written, for the help. */
  readonly usage: string;
  readonly help: string;
  /** Waits until the session's run has ended. */
  readonly inLane: boolean;
}

export interface CommandCall {
  readonly name: string;
  readonly argument: string;
}

export const commands: readonly Command[] = [
  { name: "help", aliases: ["commands"], usage: "/help", help: "what I understand", inLane: false },
  { name: "status", aliases: [], usage: "/status", help: "model, session and house at a glance", inLane: false },
  {
    name: "stop",
    aliases: ["abort", "cancel"],
    usage: "/stop [all]",
    help: "stop what I am doing; all: everything, until you say /resume",
    inLane: false,
  },
  {
    name: "resume",
    aliases: [],
    usage: "/resume CODE",
    help: "let everything go on after /stop all",
    inLane: false,
  },
  {
    name: "approve",
    aliases: ["allow"],
    usage: "/approve CODE [session | always]",
    help: "say yes to what I asked, once, for this conversation or for good",
    inLane: false,
  },
  {
    name: "deny",
    aliases: ["reject"],
    usage: "/deny CODE [why]",
    help: "say no to what I asked",
    inLane: false,
  },
  { name: "approvals", aliases: [], usage: "/approvals", help: "what waits for your yes", inLane: false },
  {
    name: "compact",
    aliases: [],
    usage: "/compact [what to keep]",
    help: "put the earlier part of this conversation into notes",
    inLane: true,
  },
  {
    name: "rollback",
    aliases: ["undo"],
    usage: "/rollback [list | id]",
    help: "put the workspace and the settings back as they were before my last changes",
    inLane: true,
  },
  { name: "new", aliases: ["reset"], usage: "/new", help: "start a fresh conversation", inLane: true },
  {
    name: "model",
    aliases: [],
    usage: "/model [provider/model | default]",
    help: "show or choose the model of this conversation",
    inLane: true,
  },
  {
    name: "think",
    aliases: ["thinking"],
    usage: "/think [off | low | medium | high]",
    help: "how long I reason before I answer",
    inLane: true,
  },
];

/** Words that alone in a message mean `/stop`. */
const stopWords = new Set(["stop", "abort", "cancel", "esc"]);

/** An answer to a question by its code, `yes K7QF`; "yes this is it" has the same form, so that whoever asks looks the code up. */
const answers = /^(yes|no|ja|nein|oui|non|si|sí)\s+([a-z0-9]{4})(?:[\s,.:]+([\s\S]*))?$/i;

export interface ParsedCommand extends CommandCall {
  readonly command: Command;
  /** In capitals, where the message is an answer in plain words: it is a command only where a question has this code. */
  readonly code?: string;
}

/** The command a message is, or undefined for ordinary talk. `/name@who` as groups write it is understood. */
export function parseCommand(text: string): ParsedCommand | undefined {
  const trimmed = text.trim();
  const answer = answers.exec(trimmed);
  if (answer) return answered(answer);
  const word = /^[/!]([a-z]+)(?:@\S+)?(?:\s+([\s\S]*))?$/i.exec(trimmed);
  const name = word?.[1]?.toLowerCase() ?? (stopWords.has(trimmed.toLowerCase()) ? "stop" : undefined);
  if (name === undefined) return undefined;
  const command = commands.find((item) => item.name === name || item.aliases.includes(name));
  return command ? { command, name: command.name, argument: word?.[2]?.trim() ?? "" } : undefined;
}

function answered([, word = "", code = "", rest = ""]: RegExpExecArray): ParsedCommand | undefined {
  const name = /^(?:yes|ja|oui|s[ií])$/i.test(word) ? "approve" : "deny";
  const command = commands.find((item) => item.name === name);
  return command ? { command, name, argument: `${code} ${rest}`.trim(), code: code.toUpperCase() } : undefined;
}

export function helpText(): string {
  const lines = commands.map((command) => `- \`${command.usage}\`: ${command.help}`);
  return `Just write to me. I also understand:\n${lines.join("\n")}\n\nEach can be written with \`!\` too.`;
}
