// What a node may be asked: what it offers, what its owner let it have, and what its platform or the settings allow.
// The lists are those of the peer's releases 2026.2.17 and 2026.9; what looks at or writes to somebody's life is in none.
import type { DeviceRecord } from "../../handshake/devices.ts";
import type { NodeRules } from "../../settings.ts";
import type { LiveNode } from "./live.ts";

const canvas = ["present", "hide", "navigate", "eval", "snapshot", "a2ui.push", "a2ui.pushJSONL", "a2ui.reset"].map(
  (name) => `canvas.${name}`,
);
const anywhere = [...canvas, "camera.list", "location.get"];
const personal = [
  ...[...anywhere, "device.info", "device.status", "contacts.search", "calendar.events", "reminders.list"],
  ...["photos.latest", "motion.activity", "motion.pedometer"],
];
const machine = ["system.run", "system.run.prepare", "system.which", "system.notify", "browser.proxy"];

const byPlatform = {
  ios: new Set([...personal, "system.notify"]),
  android: new Set([...personal, "system.notify", "notifications.list", "notifications.actions"]),
  macos: new Set([...personal, ...machine]),
  linux: new Set(machine),
  windows: new Set(machine),
  unknown: new Set([...anywhere, "system.notify"]),
};

type Platform = keyof typeof byPlatform;

const beginnings: readonly (readonly [string, Platform])[] = [
  ["ios", "ios"],
  ["ipados", "ios"],
  ["android", "android"],
  ["mac", "macos"],
  ["darwin", "macos"],
  ["win", "windows"],
  ["linux", "linux"],
];

const families: readonly (readonly [string, Platform])[] = [
  ["iphone", "ios"],
  ["ipad", "ios"],
  ["ios", "ios"],
  ["android", "android"],
  ["mac", "macos"],
  ["windows", "windows"],
  ["linux", "linux"],
];

export function platformOf(platform: string, deviceFamily: string | undefined): Platform {
  const said = platform.trim().toLowerCase();
  const family = (deviceFamily ?? "").trim().toLowerCase();
  return (
    beginnings.find(([beginning]) => said.startsWith(beginning))?.[1] ??
    families.find(([part]) => family.includes(part))?.[1] ??
    "unknown"
  );
}

/** Reads and writes the rules that a node has for itself; asked by `exec.approvals.node.*` and in no other way. */
export function isRulesCommand(command: string): boolean {
  return command === "system.execApprovals.get" || command === "system.execApprovals.set";
}

/** Source of the reasons: release 2026.2.17; `pending approval` is this gateway's own. */
export interface NotAllowed {
  readonly reason: string;
  readonly message: string;
}

interface Asked {
  readonly node: LiveNode;
  readonly record: DeviceRecord | undefined;
  readonly rules: NodeRules | undefined;
}

/** Undefined when the node may be asked. */
export function notAllowed(command: string, { node, record, rules }: Asked): NotAllowed | undefined {
  const { params } = node.introduction;
  const declared = (params.commands ?? []).map((item) => item.trim());
  if (isDenied(command, rules)) return because("command not allowlisted", `"${command}" stands in denyCommands`);
  if (!isAllowlisted(command, node, rules)) {
    const { platform } = params.client;
    const words = `"${command}" is not allowed on ${platform}; gateway.nodes.allowCommands can allow it`;
    return because("command not allowlisted", words);
  }
  if (declared.length === 0) return because("node did not declare commands", "the node offers none");
  if (!declared.includes(command))
    return because("command not declared by node", `the node does not offer "${command}"`);
  if (!record?.node?.commands.includes(command))
    return because("pending approval", `"${command}" was not approved for this node; see device.pair.list`);
  return undefined;
}

function because(reason: string, words: string): NotAllowed {
  return { reason, message: `node command not allowed: ${words}` };
}

function isDenied(command: string, rules: NodeRules | undefined): boolean {
  return rules?.denyCommands.some((pattern) => fits(pattern, command)) === true;
}

function isAllowlisted(command: string, { introduction }: LiveNode, rules: NodeRules | undefined): boolean {
  const { platform, deviceFamily } = introduction.params.client;
  // Whoever may set the rules of a node is an admin: no platform keeps them from it.
  return (
    isRulesCommand(command) ||
    byPlatform[platformOf(platform, deviceFamily)].has(command) ||
    rules?.allowCommands.some((pattern) => fits(pattern, command)) === true
  );
}

/** A pattern is a command, or a group of them as `camera.*`. */
function fits(pattern: string, command: string): boolean {
  const trimmed = pattern.trim();
  return trimmed.endsWith(".*") ? command.startsWith(trimmed.slice(0, -1)) : command === trimmed;
}

/** The commands that `node.invoke` would carry to it now. */
export function allowedCommands(asked: Asked): string[] {
  const declared = (asked.node.introduction.params.commands ?? []).map((item) => item.trim());
  const fitting = declared.filter((command) => !isRulesCommand(command) && !notAllowed(command, asked));
  return [...new Set(fitting)].sort();
}
