// The agent's workspace as the prompt reads it: its texts and the skills' names, read again only when a file changed.
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Fault } from "@homarus/sdk";
import { giveAtOnce } from "./owner.ts";
import { type SkillArgument, skillBody, skillHead } from "./skill-head.ts";

export interface WorkspaceTexts {
  readonly files: readonly { readonly name: string; readonly text: string }[];
  readonly skills: readonly Skill[];
}

export interface Skill {
  readonly name: string;
  readonly description: string;
  /** Of its SKILL.md, relative to the workspace. */
  readonly path: string;
  readonly arguments: readonly SkillArgument[];
}

const names = ["AGENTS.md", "SOUL.md", "USER.md", "TOOLS.md", "MEMORY.md"] as const;

/** First texts of a new workspace; the owner edits them. */
const seeds: Readonly<Record<string, string>> = {
  "AGENTS.md":
    "# How I work\n\n- I find out before I answer, and say what I do not know.\n- I ask before I delete, send or spend.\n- What should outlive a conversation I write to MEMORY.md.\n",
  "SOUL.md": "# Who I am\n\nCalm, brief, friendly. I say it plainly when something went wrong.\n",
  "USER.md": "# Whom I help\n\nName:\nLanguage:\nWhat matters:\n",
  "TOOLS.md": "# Notes on my tools\n\n(Hosts, folders and habits of this home that I should know.)\n",
};

/** Makes the folder with its first texts; what is there is never touched. */
export function seedWorkspace(folder: string): void {
  mkdirSync(join(folder, "skills"), { recursive: true, mode: 0o700 });
  for (const [name, text] of Object.entries(seeds)) {
    // A link that leads nowhere is something too: writing would go where it leads.
    if (lstatSync(join(folder, name), { throwIfNoEntry: false })) continue;
    writeFileSync(join(folder, name), text, { flag: "wx" });
    giveAtOnce(join(folder, name), folder);
  }
}

interface Kept {
  readonly modifiedAt: number;
  readonly text: string;
}

export function createWorkspaceReader(): (folder: string) => WorkspaceTexts {
  const kept = new Map<string, Kept>();
  const read = (path: string): string | undefined => {
    const modifiedAt = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
    if (modifiedAt === undefined) return undefined;
    const known = kept.get(path);
    if (known?.modifiedAt === modifiedAt) return known.text;
    const text = readFileSync(path, "utf8");
    kept.set(path, { modifiedAt, text });
    return text;
  };
  return (folder) => ({
    files: names.flatMap((name) => {
      const text = read(join(folder, name));
      return text?.trim() ? [{ name, text }] : [];
    }),
    skills: skillsOf(folder, read),
  });
}

/** `skills/<name>/SKILL.md` with YAML frontmatter (agentskills.io); only its head is read here. */
function skillsOf(folder: string, read: (path: string) => string | undefined): WorkspaceTexts["skills"] {
  const parent = join(folder, "skills");
  if (!existsSync(parent)) return [];
  return readdirSync(parent)
    .sort()
    .flatMap((id) => {
      // A skill whose head is not YAML is left out; `doctor` names it.
      const head = skillHead(read(join(parent, id, "SKILL.md")) ?? "");
      if (!head?.description) return [];
      const { name = id, description } = head;
      return [{ name, description, path: `skills/${id}/SKILL.md`, arguments: head.arguments }];
    });
}

/** More than a model could make use of. */
const largestSkillBytes = 256 * 1024;

/** A skill with its text below the head, read anew. Rejects `invalid` for one that is unknown or too large. */
export function readSkill(
  folder: string,
  name: string,
  read: ReturnType<typeof createWorkspaceReader>,
): Skill & { readonly text: string } {
  const found = read(folder).skills.find((skill) => skill.name === name);
  if (!found) throw new Fault("invalid", "skill.unknown", `There is no skill ${name}.`);
  const text = readFileSync(join(folder, found.path), "utf8");
  if (Buffer.byteLength(text) > largestSkillBytes)
    throw new Fault("invalid", "skill.too-large", `The skill ${name} has more than ${largestSkillBytes} bytes.`, {
      hint: "Move parts of it to files that it names.",
    });
  return { ...found, text: skillBody(text) };
}
