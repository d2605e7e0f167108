// Shapes of keys, by the beginnings that vendors give them, so that a key which the house does not know is seen too.
// A shape alone is weak evidence: examples and fillers are left alone.

interface Shape {
  readonly name: string;
  /** Without one of these texts there is no such key; to look for them costs next to nothing. */
  readonly marks: readonly string[];
  readonly pattern: RegExp;
}

const shape = (name: string, marks: string, source: string): Shape => ({
  ...{ name, marks: marks.split(" ") },
  pattern: new RegExp(`(?<![A-Za-z0-9_-])${source}`, "g"),
});

const shapes: readonly Shape[] = [
  shape("Anthropic key", "sk-ant-", "sk-ant-[a-z0-9]{2,10}-[\\w-]{32,}"),
  shape("OpenRouter key", "sk-or-v1-", "sk-or-v1-[0-9a-f]{40,}"),
  shape("OpenAI key", "sk-", "sk-(?!ant-|or-)(?:(?:proj|svcacct|admin|None)-)?[\\w-]{32,}"),
  shape("GitHub token", "ghp_ gho_ ghu_ ghs_ ghr_ github_pat_", "(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_\\w{50,})"),
  shape("GitLab token", "glpat- glptt- gldt- glrt- glcbt-", "gl(?:pat|ptt|dt|rt|cbt)-[\\w-]{20,}"),
  shape("AWS key id", "AKIA ASIA", "(?:AKIA|ASIA)[A-Z2-7]{16}(?![A-Z0-9])"),
  shape("Slack token", "xox xapp-", "(?:xox[abeoprs]|xapp)-[\\w-]{20,}"),
  shape("Google API key", "AIza", "AIza[\\w-]{35}(?![\\w-])"),
  shape("Google token", "ya29.", "ya29\\.[\\w-]{40,}"),
  shape("Telegram bot token", ":AA", "\\d{8,10}:AA[\\w-]{33}(?![\\w-])"),
  shape("Discord bot token", ".", "[MNO][\\w-]{23,27}\\.[\\w-]{6}\\.[\\w-]{27,}"),
  shape("Stripe key", "k_live_", "(?:sk|rk)_live_[A-Za-z0-9]{20,}"),
  shape("SendGrid key", "SG.", "SG\\.[\\w-]{20,24}\\.[\\w-]{39,50}"),
  shape("npm token", "npm_", "npm_[A-Za-z0-9]{36}(?![A-Za-z0-9])"),
  shape("PyPI token", "pypi-AgE", "pypi-AgE[\\w-]{50,}"),
  shape("Hugging Face token", "hf_", "hf_[A-Za-z0-9]{30,}"),
  shape("Groq key", "gsk_", "gsk_[A-Za-z0-9]{40,}"),
  shape("xAI key", "xai-", "xai-[A-Za-z0-9]{60,}"),
  shape("DigitalOcean token", "_v1_", "do[opr]_v1_[0-9a-f]{64}"),
  shape("age key", "AGE-SECRET-KEY-1", "AGE-SECRET-KEY-1[0-9A-Z]{50,}"),
  shape("Homarus key", "hk_", "hk_[\\w-]{43}(?![\\w-])"),
  shape("Homarus lease", "hl_", "hl_[\\w-]{43}(?![\\w-])"),
  shape("JSON Web Token", "eyJ", "eyJ[\\w-]{15,}\\.eyJ[\\w-]{15,}\\.[\\w-]{16,}"),
  // A key has a body: the line alone stands in many a manual.
  shape(
    "private key",
    "PRIVATE KEY-----",
    "-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----(?:\\s|\\\\[nr])*[A-Za-z0-9+/=]{24,}",
  ),
];

/** Fewer different letters than this are a filler such as xxxx. */
const leastLetters = 10;
const fillers = /x{6}|0{8}|\*{4}|example|your[-_]?|placeholder|1234567890|abcdefghij/i;

export interface FoundShape {
  readonly name: string;
  readonly text: string;
}

/** All that look like keys, each text once. */
export function keyShapesIn(text: string): readonly FoundShape[] {
  const found = new Map<string, FoundShape>();
  for (const { name, pattern } of shapes.filter(({ marks }) => marks.some((mark) => text.includes(mark))))
    for (const [match] of text.matchAll(pattern)) if (isLikely(match)) found.set(match, { name, text: match });
  return [...found.values()];
}

function isLikely(text: string): boolean {
  return new Set(text).size >= leastLetters && !fillers.test(text);
}
