// The agent's workspace as the prompt reads it: its texts and the skills' names, read again only when a file changed.
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface WorkspaceTexts {
  readonly files: readonly { readonly name: string; readonly text: string }[];
  readonly skills: readonly { readonly name: string; readonly description: string; readonly path: string }[];
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
    if (!existsSync(join(folder, name))) writeFileSync(join(folder, name), text);
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

/** `skills/<name>/SKILL.md` with YAML frontmatter (agentskills.io); only the name and description are read here. */
function skillsOf(folder: string, read: (path: string) => string | undefined): WorkspaceTexts["skills"] {
  const parent = join(folder, "skills");
  if (!existsSync(parent)) return [];
  return readdirSync(parent)
    .sort()
    .flatMap((id) => {
      const text = read(join(parent, id, "SKILL.md"));
      const head = text === undefined ? undefined : /^---\r?\n([\s\S]*?)\r?\n---/.exec(text)?.[1];
      if (head === undefined) return [];
      const { name, description } = frontmatter(head);
      return description ? [{ name: name ?? id, description, path: `skills/${id}/SKILL.md` }] : [];
    });
}

function frontmatter(head: string): { name?: string; description?: string } {
  try {
    const { name, description } = Bun.YAML.parse(head) as Record<string, unknown>;
    return {
      ...(typeof name === "string" ? { name } : {}),
      ...(typeof description === "string" ? { description } : {}),
    };
  } catch {
    // A skill whose head is not YAML is left out; `doctor` names it.
    return {};
  }
}
