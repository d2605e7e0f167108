// What variables a command gets: the node's own, and those of the caller that can change no program's meaning.

const barredNames = new Set([
  ...["PATH", "NODE_OPTIONS", "NODE_PATH", "PYTHONHOME", "PYTHONPATH", "PYTHONSTARTUP", "PERL5LIB", "PERL5OPT"],
  ...["RUBYOPT", "RUBYLIB", "JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS", "JDK_JAVA_OPTIONS", "CLASSPATH", "PHP_INI_SCAN_DIR"],
  ...["BASH_ENV", "ENV", "ZDOTDIR", "SHELLOPTS", "BASHOPTS", "PS4", "IFS", "CDPATH", "PROMPT_COMMAND", "GCONV_PATH"],
  ...["GLIBC_TUNABLES", "MALLOC_CONF", "EDITOR", "VISUAL", "PAGER", "BROWSER", "SHELL", "HOME", "LESSOPEN"],
]);

/** Loaders of the platforms, and programs whose every setting may name a program to run. */
const barredBeginnings = ["LD_", "DYLD_", "BASH_FUNC_", "GIT_", "SSH_", "NPM_CONFIG_", "BUN_", "DENO_", "HOMARUS_"];

/** The login of the gateway is not for what a caller runs. */
const ownSecrets = /^HOMARUS_.*(?:TOKEN|PASSWORD)$/;

export interface Environment {
  readonly variables: Record<string, string>;
  /** Names that the caller gave in vain. */
  readonly dropped: readonly string[];
}

export function environmentFor(
  own: NodeJS.ProcessEnv,
  asked: Readonly<Record<string, unknown>>,
  path: string,
): Environment {
  const kept = Object.entries(own).filter(([name, value]) => value !== undefined && !ownSecrets.test(name));
  const given = Object.entries(asked).map(([name, value]) => [name.trim(), value] as const);
  const fitting = given.filter(([name, value]) => typeof value === "string" && isHarmless(name));
  return {
    variables: { ...Object.fromEntries([...kept, ...fitting]), PATH: path } as Record<string, string>,
    dropped: given.map(([name]) => name).filter((name) => !fitting.some(([other]) => other === name)),
  };
}

function isHarmless(name: string): boolean {
  const upper = name.toUpperCase();
  return (
    /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) &&
    !barredNames.has(upper) &&
    !barredBeginnings.some((beginning) => upper.startsWith(beginning))
  );
}
