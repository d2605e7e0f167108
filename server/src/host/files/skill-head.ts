// The head of a SKILL.md: YAML between two lines of dashes. Source: agentskills.io, "Specification" (name, description);
// `arguments` and `argument-hint` are what other programs that read such files know (read 2026-11).

/** Something a person fills in before the skill is used. */
export interface SkillArgument {
  readonly name: string;
  readonly description?: string;
  readonly isRequired: boolean;
  /** Values to choose from; empty where any will do. */
  readonly choices: readonly string[];
}

export interface SkillHead {
  readonly name?: string;
  readonly description?: string;
  readonly arguments: readonly SkillArgument[];
}

const fence = /^---\r?\n([\s\S]*?)\r?\n---[^\S\n]*(?:\r?\n|$)/;

/** Undefined when there is no head, or one that is no YAML: `doctor` names such a skill. */
export function skillHead(text: string): SkillHead | undefined {
  const head = fence.exec(text)?.[1];
  if (head === undefined) return undefined;
  try {
    const fields = Bun.YAML.parse(head);
    return typeof fields === "object" && fields !== null ? headOf(fields as Record<string, unknown>) : undefined;
  } catch {
    // Not YAML: said above.
    return undefined;
  }
}

/** The text below the head. */
export function skillBody(text: string): string {
  return text.replace(fence, "").trimStart();
}

function headOf({ name, description, arguments: list, ...rest }: Record<string, unknown>): SkillHead {
  const named = Array.isArray(list) ? list.flatMap(argumentOf) : [];
  const hint = rest["argument-hint"];
  const hinted = typeof hint === "string" && hint !== "" ? [{ ...free, name: "arguments", description: hint }] : [];
  return {
    ...(typeof name === "string" ? { name } : {}),
    ...(typeof description === "string" ? { description } : {}),
    arguments: named.length > 0 ? named : hinted,
  };
}

const free = { isRequired: false, choices: [] };

/** A name alone, or its fields. */
function argumentOf(item: unknown): readonly SkillArgument[] {
  if (typeof item === "string" && item !== "") return [{ ...free, name: item }];
  if (typeof item !== "object" || item === null) return [];
  const { name, description, required, choices } = item as Record<string, unknown>;
  if (typeof name !== "string" || name === "") return [];
  const told = typeof description === "string" ? { description } : {};
  const texts = Array.isArray(choices) ? choices.filter((choice) => typeof choice === "string") : [];
  return [{ name, ...told, isRequired: required === true, choices: texts }];
}
