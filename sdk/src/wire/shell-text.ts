// A command as its owner reads it: argv as one line, and the script where argv calls a shell.
// Source of the forms: release 2026.2.17, whose clients compare these texts.

export function lineOf(argv: readonly string[]): string {
  return argv
    .map((word) => {
      const trimmed = word.trim();
      if (trimmed === "") return '""';
      return /\s|"/.test(trimmed) ? `"${trimmed.replaceAll('"', '\\"')}"` : trimmed;
    })
    .join(" ");
}

const shells = /^(?:sh|bash|zsh|dash|ksh)$/;

/** The script of `sh -c <script>`, `sh -lc <script>` or `cmd /c <script>`. */
export function scriptOf(argv: readonly string[]): string | undefined {
  const name = (argv[0]?.trim().split(/[\\/]/).at(-1) ?? "").toLowerCase();
  if (shells.test(name)) return argv[1] === "-c" || argv[1] === "-lc" ? argv[2] : undefined;
  if (name !== "cmd" && name !== "cmd.exe") return undefined;
  const at = argv.findIndex((word) => word.trim().toLowerCase() === "/c");
  return at < 0 ? undefined : argv[at + 1];
}
