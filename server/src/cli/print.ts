// Output: JSON for programs, tables and sentences for people.

export function printJson(value: unknown): void {
  console.log(JSON.stringify(value, null, 2));
}

export function printLine(text = ""): void {
  console.log(text);
}

/** Text without an end of line, as it comes. A reader that has gone away (`| head`) ends the command, quietly. */
export function printText(text: string): void {
  // The stream tells it by an event or by a throw, as it comes.
  if (process.stdout.listenerCount("error") === 0) process.stdout.on("error", readerGone);
  try {
    process.stdout.write(text);
  } catch (thrown) {
    readerGone(thrown);
  }
}

function readerGone(thrown: unknown): void {
  if ((thrown as NodeJS.ErrnoException).code !== "EPIPE") throw thrown;
  process.exit(0);
}

/** Rows under a head, in columns as wide as they need. */
export function printTable(head: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = head.map((name, index) => Math.max(name.length, ...rows.map((row) => row[index]?.length ?? 0)));
  for (const row of [head, ...rows])
    printLine(
      row
        .map((cell, index) => cell.padEnd(widths[index] ?? 0))
        .join("  ")
        .trimEnd(),
    );
}

/** `3 min ago`. */
export function ago(at: number, now = Date.now()): string {
  const seconds = Math.max(0, Math.round((now - at) / 1000));
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3_600) return `${Math.round(seconds / 60)} min ago`;
  return seconds < 86_400 ? `${Math.round(seconds / 3_600)} h ago` : `${Math.round(seconds / 86_400)} days ago`;
}
